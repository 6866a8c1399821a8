package console

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/engine"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// head begins an object's text: its name and braces.
func (p *printer) head(obj *goja.Object, kind webidl.Kind) *shown {
	s := &shown{open: "{", close: "}"}
	switch kind {
	case webidl.KindFunction:
		s.base, s.bare = p.function(obj), true
		return s
	case webidl.KindError:
		s.base, s.bare = p.error(obj), true
		return s
	case webidl.KindDate:
		s.base, s.bare = dateText(p.r.DateTime(obj)), true
		return s
	case webidl.KindRegExp:
		source, flags := p.r.RegExp(obj)
		s.base, s.bare = "/"+source+"/"+flags, true
		return s
	case webidl.KindBoolean, webidl.KindNumber, webidl.KindString, webidl.KindBigInt, webidl.KindSymbol:
		name := map[webidl.Kind]string{
			webidl.KindBoolean: "Boolean", webidl.KindNumber: "Number", webidl.KindString: "String", webidl.KindBigInt: "BigInt", webidl.KindSymbol: "Symbol",
		}[kind]
		s.base, s.bare = "["+name+": "+p.value(p.r.Unbox(obj), 0)+"]", true
		return s
	case webidl.KindArguments:
		s.base, s.open, s.close = "[Arguments]", "[", "]"
		return s
	case webidl.KindPlatform:
		if d, ok := webidl.DOMExceptionClass.From(obj); ok {
			s.base, s.bare = p.domException(obj, d), true
			return s
		}
	}
	s.base = p.className(obj, kind)
	switch kind {
	case webidl.KindArray:
		s.open, s.close = "[", "]"
		if s.base == "Array" {
			s.base = ""
		} else if d, ok := p.own(obj, "length"); ok && d.value != nil {
			s.base += "(" + d.value.String() + ")"
		}
	case webidl.KindTypedArray:
		_, _, _, length := p.r.View(obj)
		s.base += "(" + strconv.Itoa(length) + ")"
		s.open, s.close = "[", "]"
	case webidl.KindMap, webidl.KindSet:
		s.base += "(" + strconv.Itoa(p.size(obj)) + ")"
	case webidl.KindOrdinary:
		if s.base == "Object" {
			s.base = ""
		}
	}
	return s
}

// size is how many entries a Map or Set has.
func (p *printer) size(obj *goja.Object) int {
	_, total := p.r.FirstEntries(obj, 0)
	return total
}

// className is the name before the braces: the constructor's, with Symbol.toStringTag where that says something else.
func (p *printer) className(obj *goja.Object, kind webidl.Kind) string {
	if name := p.plainName(obj, kind); name != "" {
		return name
	}
	name, tag := p.constructorName(obj), p.tag(obj)
	if name == "" {
		fallback := "Object"
		if kind == webidl.KindArray {
			fallback = "Array"
		}
		name = "[" + fallback + ": null prototype]"
	}
	if tag != "" && tag != name && kind == webidl.KindOrdinary {
		name += " [" + tag + "]"
	}
	return p.put(name)
}

// plainName is className for the most common case, a plain object or array; "" for any other.
func (p *printer) plainName(obj *goja.Object, kind webidl.Kind) string {
	proto := obj.Prototype()
	switch {
	case proto == nil || len(obj.Symbols()) > 0:
	case kind == webidl.KindOrdinary && proto == engine.ObjectPrototype(p.r.VM):
		if _, own := p.own(obj, "constructor"); !own {
			return "Object"
		}
	case kind == webidl.KindArray && goja.Value(proto) == p.r.Global("Array").Get("prototype"):
		return "Array"
	}
	return ""
}

func dateText(ms float64) string {
	if math.IsNaN(ms) {
		return "Invalid Date"
	}
	t := time.UnixMilli(int64(ms)).UTC()
	if y := t.Year(); y < 0 || y > 9999 {
		sign := "+"
		if y < 0 {
			sign, y = "-", -y
		}
		digits := strconv.Itoa(y)
		return sign + strings.Repeat("0", max(0, 6-len(digits))) + digits + t.Format("-01-02T15:04:05.000Z")
	}
	return t.Format("2006-01-02T15:04:05.000Z")
}

// function is "[Function: name]", "[class A extends B]" and the like.
func (p *printer) function(fn *goja.Object) string {
	source := p.r.Invoke(p.r.Intrinsic("Function.prototype.toString"), fn).String()
	name := p.functionName(fn)
	if strings.HasPrefix(source, "class") && !strings.HasSuffix(source, "[native code] }") {
		text := "[class " + name
		if name == "" {
			text += "(anonymous)"
		}
		if parent := fn.Prototype(); parent != nil && p.r.KindOf(parent) == webidl.KindFunction {
			if parentName := p.functionName(parent); parentName != "" {
				text += " extends " + parentName
			}
		}
		return p.put(text + "]")
	}
	sort := "Function"
	if rest, ok := strings.CutPrefix(source, "async"); ok {
		sort = "AsyncFunction"
		source = strings.TrimLeft(rest, " ")
	}
	if strings.HasPrefix(source, "function*") || strings.HasPrefix(source, "function *") || strings.HasPrefix(source, "*") {
		sort = strings.TrimSuffix(sort, "Function") + "GeneratorFunction"
	}
	if name == "" {
		return p.put("[" + sort + " (anonymous)]")
	}
	return p.put("[" + sort + ": " + name + "]")
}

// error is an error's stack; its name and message in brackets if it has none.
func (p *printer) error(obj *goja.Object) string {
	stack := p.stack(obj)
	if stack == "" {
		name, message := p.plain(obj, "name"), p.plain(obj, "message")
		if name == "" {
			name = "Error"
		}
		if message != "" {
			name += ": " + message
		}
		return p.put("[" + name + "]")
	}
	// A class of one's own with the name left as it was: Node puts the class's name in front.
	class := p.constructorName(obj)
	if name, rest, ok := strings.Cut(stack, "\n"); ok && class != "" && class != "Error" && (name == "Error" || strings.HasPrefix(name, "Error:")) && strings.HasSuffix(class, "Error") {
		stack = class + strings.TrimPrefix(name, "Error") + "\n" + rest
	}
	stack = strings.ReplaceAll(stack, "\n", "\n"+strings.Repeat(" ", p.indent))
	if !strings.Contains(stack, "\n") {
		stack = "[" + stack + "]"
	}
	return p.put(stack)
}

// reentered is the key under which a realm counts how often errors are being looked into.
type reentered struct{}

// looking has fn look into an error, which may run getters of script: they may throw, and they may log the error once more, which ends at
// the third time: then fn does not run.
func (p *printer) looking(fn func()) {
	deep, _ := p.r.Slot(reentered{}).(int)
	if deep >= maxReentrance {
		return
	}
	p.r.SetSlot(reentered{}, deep+1)
	defer p.r.SetSlot(reentered{}, deep)
	_ = p.r.Try(fn)
}

// stack reads an error's stack, "" if it has none.
func (p *printer) stack(obj *goja.Object) (text string) {
	p.looking(func() {
		d, _ := p.own(obj, "stack")
		if s, ok := d.value.(goja.String); ok {
			text = tidyStack(webidl.Clip(s, maxText))
		}
	})
	return text
}

// plain is a property's value where it is a string that can be read without running anything.
func (p *printer) plain(obj *goja.Object, key string) string {
	d, _ := p.lookup(obj, p.r.Str(key))
	if s, ok := d.value.(goja.String); ok {
		return webidl.Clip(s, maxText)
	}
	return ""
}

// tidyStack gives goja's stacks the form of V8's: "    at f (file:1:2)", without the number of the instruction.
func tidyStack(stack string) string {
	lines := strings.Split(strings.TrimRight(stack, "\n"), "\n")
	for i, line := range lines {
		frame, ok := strings.CutPrefix(line, "\tat ")
		if !ok {
			continue
		}
		closing := ""
		if strings.HasSuffix(frame, "))") {
			frame, closing = frame[:len(frame)-1], ")"
		}
		if at := strings.LastIndexByte(frame, '('); at > 0 && strings.HasSuffix(frame, ")") {
			if _, err := strconv.Atoi(frame[at+1 : len(frame)-1]); err == nil {
				frame = frame[:at]
			}
		}
		lines[i] = "    at " + frame + closing
	}
	return strings.Join(lines, "\n")
}

// errorProperties adds what an error has beside its stack: cause, errors and own enumerable properties.
func (p *printer) errorProperties(s *shown, obj *goja.Object, depth int) {
	for _, key := range []string{"cause", "errors"} {
		if d, ok := p.own(obj, key); ok {
			s.entries = append(s.entries, "["+key+"]: "+p.described(d, depth))
		}
	}
	known := []string{"cause", "errors", "stack", "message", "name"}
	p.looking(func() { // the keys of an error include its stack, which is made for that
		p.properties(s, obj, depth, func(key string) bool { return slices.Contains(known, key) })
	})
}

func (p *printer) domException(obj *goja.Object, d *webidl.DOMException) string {
	first := "DOMException [" + d.Name + "]"
	if d.Message != "" {
		first += ": " + d.Message
	}
	stack := p.stack(obj)
	own := d.Name
	if d.Message != "" {
		own += ": " + d.Message
	}
	frames := strings.TrimPrefix(strings.TrimPrefix(stack, own), "\n")
	if frames == "" {
		return p.put(first)
	}
	return p.put(strings.ReplaceAll(first+"\n"+frames, "\n", "\n"+strings.Repeat(" ", p.indent)))
}
