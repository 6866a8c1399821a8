package engine

import (
	"unsafe"

	"github.com/dop251/goja"
)

// goja makes a promise's two resolving functions as script objects, some twenty allocations, also where only Go settles the promise. Each
// is a closure over the promise and over whether one of them was called. Such closures are made here without the objects round
// them: what runs is goja's own code.

// closure is the memory of a function value: the address of its code, then what it captured.
type closure [4]unsafe.Pointer

func closureOf(fn func(goja.FunctionCall) goja.Value) *closure {
	return *(**closure)(unsafe.Pointer(&fn))
}

func (c *closure) function() func(goja.FunctionCall) goja.Value {
	return *(*func(goja.FunctionCall) goja.Value)(unsafe.Pointer(&c))
}

// resolvingLayout says where goja's resolving functions keep what they capture, as indexes into a closure; 0 for nowhere.
type resolvingLayout struct {
	resolve, reject resolvingClosure
}

type resolvingClosure struct {
	code                   unsafe.Pointer
	promise, runtime, once int
}

// resolving is the memory of both resolving functions of one promise.
type resolving struct {
	onResolve, onReject closure
	once                bool
}

// bindResolving makes m the resolving functions of p. What goja makes of a call of one refers to p, not to m.
func (l *layout) bindResolving(m *resolving, rt *goja.Runtime, p *goja.Promise) {
	m.once = false
	bind := func(c *closure, is *resolvingClosure) {
		c[0] = is.code
		c[is.promise] = unsafe.Pointer(p)
		c[is.once] = unsafe.Pointer(&m.once)
		if is.runtime > 0 {
			c[is.runtime] = unsafe.Pointer(rt)
		}
	}
	bind(&m.onResolve, &l.resolving.resolve)
	bind(&m.onReject, &l.resolving.reject)
}

// inspectResolving reads the closures of a promise that script makes. It panics if they capture anything but what is expected.
func (l *layout) inspectResolving(rt *goja.Runtime) {
	v, err := rt.RunString(`var fns; const p = new Promise((...both) => { fns = both }); [p, ...fns]`)
	must(err)
	sample := v.(*goja.Object)
	p := unsafe.Pointer(l.promiseOf(sample.Get("0").(*goja.Object)))
	if p == nil {
		panic("a promise is none")
	}
	sampleOf := func(index string) *closure {
		obj := sample.Get(index).(*goja.Object)
		if l.self(obj)[0] != l.function.tab {
			panic("a resolving function is no native one")
		}
		return closureOf(*at[func(goja.FunctionCall) goja.Value](l.self(obj)[1], l.function.f))
	}
	resolve, reject := sampleOf("1"), sampleOf("2")
	find := func(c *closure, words int) (is resolvingClosure) {
		is.code = c[0]
		for i := 1; i < words; i++ {
			switch c[i] {
			case p:
				is.promise = i
			case unsafe.Pointer(rt):
				is.runtime = i
			default:
				is.once = i
			}
		}
		if is.promise == 0 || is.once == 0 || is.runtime == 0 && words == 4 {
			panic("a resolving function captures something else")
		}
		return is
	}
	l.resolving.resolve, l.resolving.reject = find(resolve, 4), find(reject, 3)
	once := (*bool)(resolve[l.resolving.resolve.once])
	if *once || resolve[l.resolving.resolve.once] != reject[l.resolving.reject.once] {
		panic("the resolving functions share no flag")
	}
	resolve.function()(goja.FunctionCall{Arguments: []goja.Value{goja.Null()}})
	if !*once {
		panic("the shared flag means something else")
	}
}

func (l *layout) promiseOf(obj *goja.Object) *goja.Promise {
	self := l.self(obj)
	if self[0] != l.promise.tab {
		return nil
	}
	return (*goja.Promise)(self[1])
}

// initPromise makes obj a pending promise; the two lie in one allocation. The properties of one that script sees need a map.
func (l *layout) initPromise(rt *goja.Runtime, obj *goja.Object, p *goja.Promise, proto *goja.Object) {
	base := unsafe.Add(unsafe.Pointer(p), l.promise.base)
	*at[*goja.Runtime](unsafe.Pointer(obj), l.objectRuntime) = rt
	*l.self(obj) = [2]unsafe.Pointer{l.promise.tab, unsafe.Pointer(p)}
	*at[string](base, l.base.class) = "Object"
	*at[*goja.Object](base, l.base.val) = obj
	*at[*goja.Object](base, l.base.prototype) = proto
	*at[bool](base, l.base.ext) = true
}
