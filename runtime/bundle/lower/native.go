package lower

import (
	"errors"
	"unsafe"
	"weak"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/bounds"
)

const (
	// Shorter strings are copied: that's cheaper than keeping a buffer.
	bufferedLength = 256
	// How many strings can grow by turns.
	growing = 4
)

// appender concatenates strings for one runtime. It appends in place to strings that it made last, as long as nobody
// appended to them before.
//
// A goja.StringBuilder hands out strings that share its memory, and what is written later lies behind their end. So a string
// that is the whole of a builder can be appended to by writing to that builder.
type appender struct {
	rt  *goja.Runtime
	add goja.Callable // what + does, made when first needed

	fit func(left, right goja.String, whole bool) // refuses what gets too long and charges the rest, made when first needed

	// The buffers are held weakly: a collection frees them, instead of a runtime that idles holding on to what was built
	// last. A string that goes on growing after a collection is copied once.
	buffers weak.Pointer[buffers]
}

type buffers struct {
	all  [growing]buffer
	next int // to be replaced
}

type buffer struct {
	last    goja.Value // the string that is the whole of builder
	builder *goja.StringBuilder
}

// cat is s + x. It's fast if s is a string and x is a primitive value.
func (c *appender) cat(call goja.FunctionCall) goja.Value {
	if len(call.Arguments) != 2 {
		return goja.Undefined()
	}
	left, ok := call.Arguments[0].(goja.String)
	if !ok {
		return c.plus(call.Arguments[0], call.Arguments[1])
	}
	var right goja.String
	switch x := call.Arguments[1].(type) {
	case goja.String:
		right = x
	case *goja.Object, *goja.Symbol:
		return c.plus(left, x)
	default:
		if right, ok = x.ToString().(goja.String); !ok {
			return c.plus(left, x)
		}
	}
	return c.concat(left, right)
}

// plus has the engine do it.
func (c *appender) plus(a, b goja.Value) goja.Value {
	if c.add == nil {
		f, err := c.rt.RunProgram(addition)
		if err != nil {
			panic(err)
		}
		c.add, _ = goja.AssertFunction(f)
	}
	sum, err := c.add(goja.Undefined(), a, b)
	if err != nil {
		var exception *goja.Exception
		if errors.As(err, &exception) {
			panic(exception.Value())
		}
		panic(err)
	}
	if text, ok := sum.(goja.String); ok && text.Length() >= bufferedLength {
		c.bound(text, nil, true)
	}
	return sum
}

// bound refuses what gets too long, and charges what is written: right, and left too if whole.
func (c *appender) bound(left, right goja.String, whole bool) {
	if c.fit == nil {
		c.fit = bounds.Concatenation(c.rt)
	}
	c.fit(left, right, whole)
}

var addition = goja.MustCompile("lower", "(a,b)=>a+b", true)

func (c *appender) concat(left, right goja.String) goja.Value {
	if left.Length()+right.Length() < bufferedLength {
		return left.Concat(right)
	}
	b := c.buffers.Value()
	if b == nil {
		b = new(buffers)
		c.buffers = weak.Make(b)
	}
	for i := range b.all {
		if slot := &b.all[i]; same(slot.last, left) {
			c.bound(left, right, false)
			return slot.append(right)
		}
	}
	c.bound(left, right, true)
	slot := &b.all[b.next]
	b.next = (b.next + 1) % growing
	slot.builder = new(goja.StringBuilder)
	slot.builder.WriteString(left)
	return slot.append(right)
}

func (b *buffer) append(right goja.String) goja.Value {
	b.builder.WriteString(right)
	sum := b.builder.String()
	b.last = sum
	return sum
}

// same reports whether two values are the same interface value: same type, same memory. Comparing with == would compare the
// text, and panics for the slice type that goja has for strings outside ASCII.
func same(a, b goja.Value) bool {
	return *(*[2]unsafe.Pointer)(unsafe.Pointer(&a)) == *(*[2]unsafe.Pointer)(unsafe.Pointer(&b))
}
