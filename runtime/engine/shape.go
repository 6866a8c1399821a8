package engine

import (
	"reflect"
	"unsafe"

	"github.com/dop251/goja"
	"github.com/dop251/goja/unistring"
)

// reflect.New looks the pointer type up in a table each time. Where a type of goja's is laid out for the collector as one of these, memory
// is allocated as one of these; what lies where within it is still known by name only.

// hostShape is what NewObject allocates.
type hostShape struct {
	object goja.Object
	base   struct {
		class            string
		val, prototype   *goja.Object
		extensible       bool
		values           map[unistring.String]goja.Value
		names            []unistring.String
		sorted, indexes  int
		symbols, private unsafe.Pointer
	}
	value any
}

// asyncShape is what Function.start allocates.
type asyncShape struct {
	context struct {
		prg, stash, privEnv unsafe.Pointer
		newTarget, result   any
		pc, sb, args        int
	}
	stacks                 [4][]any
	vm                     unsafe.Pointer
	returning              any
	lengths                [3]uint32
	capability, fn, vmCall unsafe.Pointer
	rest                   asyncRest
}

// sameShape reports whether memory of one type can stand for that of the other.
func sameShape(a, b reflect.Type) bool {
	if a.Size() != b.Size() || a.Align() != b.Align() {
		return false
	}
	word := unsafe.Sizeof(uintptr(0))
	marks := make([]bool, a.Size()/word)
	markPointers(a, 0, func(at uintptr) { marks[at/word] = true })
	same := true
	count := 0
	markPointers(b, 0, func(at uintptr) { same = same && marks[at/word]; count++ })
	for _, m := range marks {
		if m {
			count--
		}
	}
	return same && count == 0
}

// markPointers tells mark the offset of each word of t that the collector must follow.
func markPointers(t reflect.Type, at uintptr, mark func(uintptr)) {
	switch t.Kind() {
	case reflect.Struct:
		for i := range t.NumField() {
			markPointers(t.Field(i).Type, at+t.Field(i).Offset, mark)
		}
	case reflect.Array:
		for i := range t.Len() {
			markPointers(t.Elem(), at+uintptr(i)*t.Elem().Size(), mark)
		}
	case reflect.Interface:
		mark(at)
		mark(at + unsafe.Sizeof(uintptr(0)))
	case reflect.String, reflect.Slice, reflect.Pointer, reflect.UnsafePointer, reflect.Map, reflect.Func, reflect.Chan:
		mark(at)
	}
}

func (l *layout) newHost() unsafe.Pointer {
	if l.hostShaped {
		return unsafe.Pointer(new(hostShape))
	}
	return reflect.New(l.hostType).UnsafePointer()
}

func (l *layout) newCall() unsafe.Pointer {
	if l.async.shaped {
		return unsafe.Pointer(new(asyncShape))
	}
	return reflect.New(l.async.call).UnsafePointer()
}
