package engine

import (
	"reflect"
	"unsafe"

	"github.com/dop251/goja"
)

// Resolved makes a promise already fulfilled with v, which must be no thenable (no check is made).
func Resolved(rt *goja.Runtime, v goja.Value) *goja.Promise {
	return settled(rt, goja.PromiseStateFulfilled, v)
}

// Rejected makes a promise already rejected with reason, and tells the rejection tracker.
func Rejected(rt *goja.Runtime, reason goja.Value) *goja.Promise {
	p, _, reject := rt.NewPromise()
	must(reject(reason))
	return p
}

func settled(rt *goja.Runtime, state goja.PromiseState, v goja.Value) *goja.Promise {
	l := native
	if l == nil {
		p, resolve, _ := rt.NewPromise()
		must(resolve(v))
		return p
	}
	proto := *at[*goja.Object](unsafe.Pointer(rt), l.runtimePromiseProto)
	if proto == nil {
		p, _, _ := rt.NewPromise() // makes goja build Promise.prototype
		proto = rt.ToValue(p).(*goja.Object).Prototype()
	}
	type promiseObject struct {
		obj     goja.Object
		promise goja.Promise
	}
	o := &promiseObject{}
	p := unsafe.Pointer(&o.promise)
	*at[*goja.Runtime](unsafe.Pointer(&o.obj), l.objectRuntime) = rt
	*l.self(&o.obj) = [2]unsafe.Pointer{l.promise.tab, p}
	l.initBase(unsafe.Add(p, l.promise.base), &o.obj, proto, "Object")
	*at[goja.PromiseState](p, l.promise.state) = state
	*at[goja.Value](p, l.promise.result) = v
	return &o.promise
}

// Then has one of the two functions run as a microtask when p settles, as p.then() would, but without making a promise
// for the outcome and without looking at properties that script may have changed. A rejection counts as handled.
// Neither function may be nil.
func Then(rt *goja.Runtime, p *goja.Promise, fulfilled, rejected func(goja.Value)) {
	onFulfilled := func(c goja.FunctionCall) goja.Value { fulfilled(c.Argument(0)); return goja.Undefined() }
	onRejected := func(c goja.FunctionCall) goja.Value { rejected(c.Argument(0)); return goja.Undefined() }
	l := native
	if l == nil || p.State() != goja.PromiseStatePending {
		publicThen(rt, p, onFulfilled, onRejected)
		return
	}
	q := unsafe.Pointer(p)
	*at[bool](q, l.promise.handled) = true
	var ctx any
	if tracker := *at[goja.AsyncContextTracker](unsafe.Pointer(rt), l.runtimeTracker); tracker != nil {
		ctx = tracker.Grab()
	}
	l.addReaction(at[[]unsafe.Pointer](q, l.promise.fulfil), 0, onFulfilled, ctx)
	l.addReaction(at[[]unsafe.Pointer](q, l.promise.reject), 1, onRejected, ctx)
}

func (l *layout) addReaction(list *[]unsafe.Pointer, typ int, fn func(goja.FunctionCall) goja.Value, ctx any) {
	job := reflect.New(l.promise.job).UnsafePointer()
	*at[func(goja.FunctionCall) goja.Value](job, 0) = fn
	r := reflect.New(l.promise.reaction).UnsafePointer()
	*at[int](r, l.promise.reactionType) = typ
	*at[unsafe.Pointer](r, l.promise.reactionHandler) = job
	*at[any](r, l.promise.reactionCtx) = ctx
	*list = append(*list, r)
}

// publicThen goes through Promise.prototype.then as goja made it. Script may have replaced the property: a promise whose
// constructor or then it changed is met by the intrinsic that was saved when the runtime was prepared.
func publicThen(rt *goja.Runtime, p *goja.Promise, fulfilled, rejected func(goja.FunctionCall) goja.Value) {
	obj := rt.ToValue(p).(*goja.Object)
	then, ok := goja.AssertFunction(intrinsicThen(rt))
	if !ok {
		panic(rt.NewTypeError("Promise.prototype.then is not a function"))
	}
	if _, err := then(obj, rt.ToValue(fulfilled), rt.ToValue(rejected)); err != nil {
		panic(err)
	}
}

var thenSlot = goja.NewSymbol("bindery.then")

func intrinsicThen(rt *goja.Runtime) goja.Value {
	global := rt.GlobalObject()
	if v := global.GetSymbol(thenSlot); v != nil {
		return v
	}
	p, _, _ := rt.NewPromise()
	then := rt.ToValue(p).(*goja.Object).Prototype().Get("then")
	must(global.DefineDataPropertySymbol(thenSlot, then, goja.FLAG_FALSE, goja.FLAG_FALSE, goja.FLAG_FALSE))
	return then
}

// MarkHandled keeps p's rejection from being tracked any further, as a reaction on it would. It reports false where only
// goja's public API is used.
func MarkHandled(p *goja.Promise) bool {
	if native == nil {
		return false
	}
	*at[bool](unsafe.Pointer(p), native.promise.handled) = true
	return true
}

// Enqueue has fn run as a microtask. It reports false, and does nothing, where only goja's public API is used.
func Enqueue(rt *goja.Runtime, fn func()) bool {
	if native == nil {
		return false
	}
	jobs := at[[]func()](unsafe.Pointer(rt), native.runtimeJobs)
	*jobs = append(*jobs, fn)
	return true
}

// PromiseOf gives the promise that v is, nil if it is none. It runs no script.
func PromiseOf(v goja.Value) *goja.Promise {
	obj, ok := v.(*goja.Object)
	if !ok {
		return nil
	}
	if native == nil {
		if obj.ExportType() != reflect.TypeFor[*goja.Promise]() {
			return nil
		}
		p, _ := obj.Export().(*goja.Promise)
		return p
	}
	self := native.self(obj)
	if self[0] != native.promise.tab {
		return nil
	}
	return (*goja.Promise)(self[1])
}

// maxStack is the largest stack that is worth keeping, in values: emptying it must cost less than growing one.
const maxStack = 256

// Stack gives the VM's stack as it is now, for KeepStack; nil if it is not worth keeping, or where only goja's public API is used.
func Stack(rt *goja.Runtime) []goja.Value {
	if native == nil {
		return nil
	}
	vm := *at[unsafe.Pointer](unsafe.Pointer(rt), native.runtimeVM)
	if stack := *at[[]goja.Value](vm, native.vmStack); cap(stack) <= maxStack {
		return stack
	}
	return nil
}

// KeepStack lets rt, which is not running, begin its next entry on a stack that Stack gave, emptied. goja throws its stack away at the end of
// each entry and grows another at the next.
func KeepStack(rt *goja.Runtime, stack []goja.Value) {
	if native == nil || cap(stack) == 0 {
		return
	}
	clear(stack[:cap(stack)])
	vm := *at[unsafe.Pointer](unsafe.Pointer(rt), native.runtimeVM)
	*at[[]goja.Value](vm, native.vmStack) = stack[:0]
}

// KeepJobs lets rt, which is not running, queue the first microtasks of its next entry in jobs, which must be empty. It is the caller's again,
// to be cleared, when the entry has ended.
func KeepJobs(rt *goja.Runtime, jobs []func()) {
	if native == nil {
		return
	}
	if queue := at[[]func()](unsafe.Pointer(rt), native.runtimeJobs); len(*queue) == 0 {
		*queue = jobs
	}
}

// ownerSlot holds the owner where only goja's public API is used.
var ownerSlot = goja.NewSymbol("bindery.owner")

// SetOwner makes owner rt's async context tracker and lets Owner find it.
func SetOwner(rt *goja.Runtime, owner goja.AsyncContextTracker) {
	rt.SetAsyncContextTracker(owner)
	if native == nil {
		v := rt.ToValue(&carrier{value: owner})
		must(rt.GlobalObject().DefineDataPropertySymbol(ownerSlot, v, goja.FLAG_FALSE, goja.FLAG_FALSE, goja.FLAG_FALSE))
	}
}

// Owner gives what SetOwner was given, nil if it was never called on rt.
func Owner(rt *goja.Runtime) any {
	if native != nil {
		return *at[goja.AsyncContextTracker](unsafe.Pointer(rt), native.runtimeTracker)
	}
	if c := carrierOf(rt.GlobalObject().GetSymbol(ownerSlot)); c != nil {
		return c.value
	}
	return nil
}
