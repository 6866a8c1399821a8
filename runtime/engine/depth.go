package engine

import (
	"os"
	"reflect"
	"unsafe"

	"github.com/dop251/goja"
)

// callStack is where a runtime keeps its frames, learnt at start like all of layout; nil when only the public API is used.
var callStack = learnCallStack()

type callStackLayout struct {
	vm, frames uintptr // offsets in goja.Runtime and its vm
	size, pc   uintptr // of one frame, and the offset in it
}

// frames is the header of the slice that holds them, whose element type has no name here.
type frames struct {
	first    unsafe.Pointer
	len, cap int
}

func learnCallStack() *callStackLayout {
	if os.Getenv("BINDERY_ENGINE") == "public" {
		return nil
	}
	vm, ok := reflect.TypeFor[goja.Runtime]().FieldByName("vm")
	if !ok || vm.Type.Kind() != reflect.Pointer {
		return nil
	}
	calls, ok := vm.Type.Elem().FieldByName("callStack")
	if !ok || calls.Type.Kind() != reflect.Slice {
		return nil
	}
	pc, ok := calls.Type.Elem().FieldByName("pc")
	if !ok || pc.Type.Kind() != reflect.Int {
		return nil
	}
	l := &callStackLayout{vm: vm.Offset, frames: calls.Offset, size: calls.Type.Elem().Size(), pc: pc.Offset}
	if !l.trial(goja.New()) {
		return nil
	}
	return l
}

// trial looks whether frames are counted and hidden as they should be.
func (l *callStackLayout) trial(rt *goja.Runtime) (ok bool) {
	defer func() { ok = recover() == nil && ok }()
	deep, nested := 0, 0
	must(rt.Set("look", func(goja.FunctionCall) goja.Value {
		deep, nested = l.of(rt).len, l.nested(rt, 0)
		return nil
	}))
	_, err := rt.RunString("const f = (n) => { n > 0 ? f(n - 1) : look() }; f(10)")
	ok = err == nil && deep == 13 && nested == 0 // the program, eleven calls, and look's own
	_, err = rt.RunString("const g = (n) => { n > 0 ? [1].map(() => g(n - 1)) : look() }; g(10)")
	return ok && err == nil && nested == 10 && l.of(rt).len == 0
}

// nested counts the frames from one on at which goja's machine stops, because native code waits for it to.
func (l *callStackLayout) nested(rt *goja.Runtime, from int) int {
	stack := l.of(rt)
	n := 0
	for i := max(0, from); i < stack.len; i++ {
		if *at[int](stack.first, uintptr(i)*l.size+l.pc) == -2 {
			n++
		}
	}
	return n
}

func (l *callStackLayout) of(rt *goja.Runtime) *frames {
	return at[frames](*at[unsafe.Pointer](unsafe.Pointer(rt), l.vm), l.frames)
}

// publicDepth is how many frames Depth counts at most where only goja's public API is used.
const publicDepth = 16_384

// Depth is how many frames are on the call stack of rt, which is running script. A call of script by script is one frame; a
// native function that calls script is three. Where only the public API is used, frames that belong to no function are not counted.
func Depth(rt *goja.Runtime) int {
	if callStack == nil {
		return len(rt.CaptureCallStack(publicDepth, nil))
	}
	return callStack.of(rt).len
}

// Frames gives where the number of frames on the call stack of rt is kept; where only the public API is used, that is a number that stays 0.
func Frames(rt *goja.Runtime) *int {
	if callStack == nil {
		return new(int)
	}
	return &callStack.of(rt).len
}

// Nested is how many calls of script by native code are on the call stack of rt, of its frames from the given one on; that isn't known where only
// the public API is used. It looks at each frame.
func Nested(rt *goja.Runtime, from int) (n int, known bool) {
	if callStack == nil {
		return 0, false
	}
	return callStack.nested(rt, from), true
}

// Shallow runs fn with only the innermost frames of the call stack in sight. Errors that goja makes meanwhile carry a short
// stack: it copies all frames into each error. fn must leave the call stack as it found it.
func Shallow(rt *goja.Runtime, innermost int, fn func()) {
	if callStack == nil {
		fn()
		return
	}
	stack := callStack.of(rt)
	whole := *stack
	hidden := whole.len - innermost
	if hidden <= 0 {
		fn()
		return
	}
	defer func() { *stack = whole }()
	*stack = frames{unsafe.Add(whole.first, uintptr(hidden)*callStack.size), innermost, whole.cap - hidden}
	fn()
}
