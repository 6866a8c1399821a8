package engine

import (
	"reflect"
	"unsafe"

	"github.com/dop251/goja"
)

// Function is a function of script that Go calls again and again. It belongs to one runtime.
type Function struct {
	rt     *goja.Runtime
	object *goja.Object
	public goja.Callable
	direct func(goja.FunctionCall) goja.Value // nil where only public will do
	kind   *asyncKind                         // nil if it is not async
	caller *asyncCaller                       // made at the first call
}

// asyncCaller is what all calls of one async function share.
type asyncCaller struct {
	capability unsafe.Pointer // *promiseCapability, whose functions settle the call that runs
	stack      [maxDirectArgs + 2]goja.Value
}

// maxDirectArgs is how many arguments a call has at most that takes the short way.
const maxDirectArgs = 3

// NewFunctionOf prepares fn; nil if it is not callable.
func NewFunctionOf(rt *goja.Runtime, fn *goja.Object) *Function {
	public, ok := goja.AssertFunction(fn)
	if !ok {
		return nil
	}
	f := &Function{rt: rt, object: fn, public: public}
	if native == nil || fn.ExportType() != typeOfFunction {
		return f
	}
	f.direct, _ = fn.Export().(func(goja.FunctionCall) goja.Value)
	for i := range native.async.kinds {
		if k := &native.async.kinds[i]; k.tab == native.self(fn)[0] {
			f.kind = k
		}
	}
	return f
}

var typeOfFunction = reflect.TypeFor[func(goja.FunctionCall) goja.Value]()

// Call calls the function and panics with what it throws. It is for the beginning of a turn, with no script of the runtime on the stack:
// unlike a goja.Callable it leaves the microtasks to the end of the turn. What an async function returns is a promise that script
// must never see, settled as any other; its rejection counts as handled. There must be one argument at least.
func (f *Function) Call(this goja.Value, args ...goja.Value) goja.Value {
	if f.kind != nil && len(args) > 0 && len(args) <= maxDirectArgs && *native.currentRunner(f.rt) == nil {
		if f.caller == nil {
			f.caller = native.newAsyncCaller(f.rt)
		}
		return f.start(this, args)
	}
	if f.direct != nil {
		return f.direct(goja.FunctionCall{This: this, Arguments: args})
	}
	v, err := f.public(this, args...)
	if err != nil {
		panic(err)
	}
	return v
}

func (l *layout) currentRunner(rt *goja.Runtime) *unsafe.Pointer {
	vm := *at[unsafe.Pointer](unsafe.Pointer(rt), l.runtimeVM)
	return at[unsafe.Pointer](vm, l.async.current)
}

// newAsyncCaller makes the capability that stands in for each call's own. goja settles a call while the vm says that it runs.
func (l *layout) newAsyncCaller(rt *goja.Runtime) *asyncCaller {
	current := l.currentRunner(rt)
	settle := func(which func(*resolving) *closure) *goja.Object {
		return l.newBareFunction(rt, func(c goja.FunctionCall) goja.Value {
			return which(&at[asyncRest](*current, l.async.rest).resolving).function()(c)
		})
	}
	fulfil := settle(func(r *resolving) *closure { return &r.onResolve })
	c := reflect.New(l.async.capType).UnsafePointer()
	*at[*goja.Object](c, l.async.capPromise) = fulfil // goja asks it for the runtime, and whether it is a promise that others await
	*at[*goja.Object](c, l.async.capFul) = fulfil
	*at[*goja.Object](c, l.async.capRej) = settle(func(r *resolving) *closure { return &r.onReject })
	return &asyncCaller{capability: c}
}

// start does what goja's asyncRunner does, by the way that goja goes on after an await: a call that has not begun is one suspended before its
// first instruction, with the last argument as the value that it waited for.
func (f *Function) start(this goja.Value, args []goja.Value) goja.Value {
	l, k, a := native, f.kind, f.caller
	runner := reflect.New(l.async.call).UnsafePointer()
	rest := at[asyncRest](runner, l.async.rest)
	l.initPromise(f.rt, &rest.object, &rest.promise, nil)
	*at[bool](unsafe.Pointer(&rest.promise), l.promise.handled) = true
	l.bindResolving(&rest.resolving, f.rt, &rest.promise)

	impl := l.self(f.object)[1]
	*at[unsafe.Pointer](runner, l.async.vm) = *at[unsafe.Pointer](unsafe.Pointer(f.rt), l.runtimeVM)
	*at[unsafe.Pointer](runner, l.async.capability) = a.capability
	*at[*goja.Object](runner, l.async.fn) = f.object
	*at[unsafe.Pointer](runner, l.async.prg) = *at[unsafe.Pointer](impl, k.prg)
	*at[unsafe.Pointer](runner, l.async.stash) = *at[unsafe.Pointer](impl, k.stash)
	*at[unsafe.Pointer](runner, l.async.privEnv) = *at[unsafe.Pointer](impl, k.privEnv)
	*at[int](runner, l.async.args) = len(args)
	a.stack[0], a.stack[1] = f.object, this
	if k.arrow {
		a.stack[1] = nil
		*at[goja.Value](runner, l.async.newTarget) = *at[goja.Value](impl, k.newTarget)
	}
	copy(a.stack[2:], args)
	last := 1 + len(args)
	*at[[]goja.Value](runner, l.async.stack) = a.stack[:last:last]
	rest.resume = [2]unsafe.Pointer{l.async.resume, runner}
	resume := unsafe.Pointer(&rest.resume)
	(*(*func(goja.FunctionCall) goja.Value)(unsafe.Pointer(&resume)))(goja.FunctionCall{Arguments: a.stack[last : last+1]})
	clear(a.stack[:])
	return &rest.object
}
