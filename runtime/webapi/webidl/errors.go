package webidl

import (
	"errors"
	"fmt"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/engine"
)

// TypeError makes (does not throw) a TypeError: panic(r.TypeError("...")).
func (r *Realm) TypeError(format string, args ...any) *goja.Object {
	return r.newError("TypeError", fmt.Sprintf(format, args...))
}

// RangeError makes (does not throw) a RangeError.
func (r *Realm) RangeError(format string, args ...any) *goja.Object {
	return r.newError("RangeError", fmt.Sprintf(format, args...))
}

// Error makes (does not throw) an Error.
func (r *Realm) Error(format string, args ...any) *goja.Object {
	return r.newError("Error", fmt.Sprintf(format, args...))
}

// NewError makes an error of a class of ECMAScript ("SyntaxError"); a name that is none makes an Error.
func (r *Realm) NewError(class, message string) *goja.Object {
	switch class {
	case "TypeError", "RangeError", "SyntaxError", "ReferenceError", "EvalError", "URIError", "Error":
	default:
		class = "Error"
	}
	return r.newError(class, message)
}

func (r *Realm) newError(class, message string) *goja.Object {
	obj, err := r.VM.New(r.Global(class), r.VM.ToValue(message))
	if err != nil {
		panic(err)
	}
	return obj
}

// FromError makes the script value that err stands for: what script threw, if it came out of script; an Exception carrier's own
// value; else an Error with its text.
func (r *Realm) FromError(err error) goja.Value {
	var thrown *Thrown
	if errors.As(err, &thrown) {
		return thrown.value(r)
	}
	var ex *goja.Exception
	if errors.As(err, &ex) {
		if obj, ok := ex.Value().(*goja.Object); !ok || r.owns(obj) {
			return ex.Value()
		}
		return r.Error("exception of another realm") // whose text only that realm may ask for
	}
	return r.Error("%s", err.Error())
}

// owns reports whether obj belongs to this realm.
func (r *Realm) owns(obj *goja.Object) bool {
	return engine.RuntimeOf(obj) == r.VM || engine.RuntimeOf(obj) == nil
}

// Thrown is an error that crosses realms or begins in Go: the class and message that script will see.
type Thrown struct {
	Class   string // "TypeError", "Error", ..., or "DOMException"
	Name    string // the name property where it differs from Class; the DOMException's name
	Message string
	Stack   string // of the realm where it was thrown, for logs
}

// Error makes Thrown a Go error.
func (t *Thrown) Error() string {
	name := t.Name
	if name == "" {
		name = t.Class
	}
	if t.Message == "" {
		return name
	}
	return name + ": " + t.Message
}

func (t *Thrown) value(r *Realm) goja.Value {
	if t.Class == "DOMException" {
		return r.DOMException(t.Name, "%s", t.Message)
	}
	obj := r.NewError(t.Class, t.Message)
	if t.Name != "" && t.Name != t.Class {
		_ = obj.DefineDataProperty("name", r.Str(t.Name), goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_FALSE)
	}
	return obj
}

// Limits of what Describe gives, in UTF-16 units.
const (
	maxMessage = 32 << 10
	maxStack   = 32 << 10
	maxName    = 1 << 10
)

// Describe turns what script threw into a Thrown that another realm can throw. It reads name, message and stack as script would, but
// what a hostile getter throws or returns does no harm, nor does one that calls itself without end; long texts are cut. Where no script is on
// the stack, it may be called outside of a turn: an interrupt then ends the getter, and goes no further.
func (r *Realm) Describe(v goja.Value) *Thrown {
	t := &Thrown{Class: "Error"}
	obj, ok := v.(*goja.Object)
	if !ok {
		switch v := v.(type) {
		case nil:
			t.Message = "undefined"
		case *goja.Symbol:
			t.Message = "Symbol(" + Clip(r.VM.ToValue(v.String()).(goja.String), maxMessage) + ")"
		case goja.String:
			t.Message = Clip(v, maxMessage)
		default:
			t.Message = v.String()
			if len(t.Message) > maxMessage { // a BigInt
				t.Message = t.Message[:maxMessage] + "..."
			}
		}
		return t
	}
	if d, ok := DOMExceptionClass.From(obj); ok {
		return &Thrown{Class: "DOMException", Name: d.Name, Message: d.Message, Stack: v8Stack(r.text(obj, "stack", maxStack))}
	}
	t.Message, t.Stack = r.text(obj, "message", maxMessage), v8Stack(r.text(obj, "stack", maxStack))
	t.Name = r.text(obj, "name", maxName)
	t.Class = r.builtinClass(obj)
	return t
}

// Clip is the text of s, cut with "..." behind it if it is longer than limit UTF-16 units.
func Clip(s goja.String, limit int) string {
	if s.Length() <= limit {
		return s.String()
	}
	return s.Substring(0, limit).String() + "..."
}

// text reads a property as a string. What goes wrong meanwhile gives "".
func (r *Realm) text(obj *goja.Object, name string, limit int) (s string) {
	_ = r.harmless(func() {
		if v := obj.Get(name); !IsNullish(v) {
			s = Clip(r.DOMString(v), limit)
		}
	})
	return s
}

// harmless is Try for script that runs beside the way: it ends a recursion without end too, which nothing in script can, and, if no script
// waits for it, an interrupt.
func (r *Realm) harmless(fn func()) (thrown goja.Value) {
	defer func() {
		switch x := recover().(type) {
		case nil:
		case *goja.StackOverflowError:
			thrown = goja.Undefined()
		case *goja.InterruptedError:
			if len(r.VM.CaptureCallStack(1, nil)) > 0 {
				panic(x)
			}
			thrown = goja.Undefined()
		default:
			panic(x)
		}
	}()
	return r.Try(fn)
}

// builtinClass is the nearest class of ECMAScript that obj inherits from.
func (r *Realm) builtinClass(obj *goja.Object) string {
	class := "Error"
	_ = r.harmless(func() {
		for depth, p := 0, obj.Prototype(); p != nil && depth < 100; depth, p = depth+1, p.Prototype() {
			for _, name := range []string{"TypeError", "RangeError", "SyntaxError", "ReferenceError", "EvalError", "URIError"} {
				if g := r.Global(name); g != nil && g.Get("prototype") == goja.Value(p) {
					class = name
					return
				}
			}
		}
	})
	return class
}
