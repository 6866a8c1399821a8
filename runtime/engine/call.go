package engine

import (
	"reflect"
	"slices"
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

// asyncCaller is what all calls of one async function share. What goja reads of it, it reads before any script runs.
type asyncCaller struct {
	capability unsafe.Pointer // *promiseCapability, whose functions settle the call that runs
	stack      [maxDirectArgs + 2]goja.Value
	resume     [2]unsafe.Pointer // the method value runner.onFulfilled
	resolving  resolving
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
// must never see, settled as any other; its rejection counts as handled.
func (f *Function) Call(this goja.Value, args ...goja.Value) goja.Value {
	if f.kind != nil && len(args) > 0 && len(args) <= maxDirectArgs && *native.currentRunner(f.rt) == nil {
		if f.caller == nil {
			f.caller = native.newAsyncCaller(f.rt)
		}
		return f.start(this, args)
	}
	kept := slices.Clone(args) // so that args itself can lie on the caller's stack
	if f.direct != nil {
		return f.direct(goja.FunctionCall{This: this, Arguments: kept})
	}
	v, err := f.public(this, kept...)
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
	a := &asyncCaller{capability: reflect.New(l.async.capType).UnsafePointer()}
	current := l.currentRunner(rt)
	settle := func(fn *closure) *goja.Object {
		return l.newBareFunction(rt, func(c goja.FunctionCall) goja.Value {
			l.bindResolving(&a.resolving, rt, &at[asyncRest](*current, l.async.rest).promise)
			v := fn.function()(c)
			a.resolving = resolving{} // else the last outcome would be kept
			return v
		})
	}
	fulfil := settle(&a.resolving.onResolve)
	*at[*goja.Object](a.capability, l.async.capPromise) = fulfil // goja asks it for the runtime, and whether it is a promise that others await
	*at[*goja.Object](a.capability, l.async.capFul) = fulfil
	*at[*goja.Object](a.capability, l.async.capRej) = settle(&a.resolving.onReject)
	return a
}

// start does what goja's asyncRunner does, by the way that goja goes on after an await: a call that has not begun is one suspended before its
// first instruction, with the last argument as the value that it waited for.
func (f *Function) start(this goja.Value, args []goja.Value) goja.Value {
	l, k, a := native, f.kind, f.caller
	runner := l.newCall()
	rest := at[asyncRest](runner, l.async.rest)
	l.initPromise(f.rt, &rest.object, &rest.promise, nil)
	*at[bool](unsafe.Pointer(&rest.promise), l.promise.handled) = true

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
	a.resume = [2]unsafe.Pointer{l.async.resume, runner}
	resume := unsafe.Pointer(&a.resume)
	(*(*func(goja.FunctionCall) goja.Value)(unsafe.Pointer(&resume)))(goja.FunctionCall{Arguments: a.stack[last : last+1]})
	clear(a.stack[:])
	a.resume[1] = nil
	return &rest.object
}
