package engine

import (
	"reflect"
	"unsafe"

	"github.com/dop251/goja"
)

// asyncLayout is what it takes to start an async function of script from Go.
type asyncLayout struct {
	call                       reflect.Type // struct{ Runner goja.asyncRunner; Rest asyncRest }
	shaped                     bool         // allocated as an asyncShape
	rest                       uintptr
	ctx, vm, capability, fn    uintptr // within asyncRunner
	capType                    reflect.Type
	capPromise, capFul, capRej uintptr        // promiseCapability
	prg, stash, privEnv, args  uintptr        // within asyncRunner: those of ctx, as is the next
	stack, newTarget           uintptr        //
	resume                     unsafe.Pointer // code of (*asyncRunner).onFulfilled
	current                    uintptr        // vm.curAsyncRunner
	kinds                      [3]asyncKind
}

// asyncKind is one of the types of async function objects: function, method and arrow.
type asyncKind struct {
	tab                 unsafe.Pointer
	prg, stash, privEnv uintptr
	newTarget           uintptr
	arrow               bool
}

// asyncRest is what a call needs beside goja's asyncRunner.
type asyncRest struct {
	object  goja.Object
	promise goja.Promise
}

func (l *layout) inspectAsync(rt *goja.Runtime) {
	a := &l.async
	v, err := rt.RunString(`const wait = new Promise(() => {}); const m = { async f() { await wait } }; m.f(); [wait, m.f, async function () {}, async () => {}]`)
	must(err)
	sample := v.(*goja.Object)
	reactions := *at[[]unsafe.Pointer](unsafe.Pointer(l.promiseOf(sample.Get("0").(*goja.Object))), l.promise.fulfil)
	if len(reactions) != 1 {
		panic("an await is not one reaction")
	}
	f := field(l.promise.reaction, "asyncRunner", nil)
	runner := f.Type.Elem()
	live := *at[unsafe.Pointer](reactions[0], f.Offset)
	job := *at[unsafe.Pointer](reactions[0], l.promise.reactionHandler)
	method := closureOf(*at[func(goja.FunctionCall) goja.Value](job, 0))
	if method[1] != live {
		panic("a method value is not code and receiver")
	}
	a.resume = method[0]

	gen := field(runner, "gen", nil)
	ctx := field(gen.Type, "ctx", nil)
	a.ctx = gen.Offset + ctx.Offset
	vm := field(gen.Type, "vm", field(reflect.TypeFor[goja.Runtime](), "vm", nil).Type)
	a.vm = gen.Offset + vm.Offset
	a.current = offset(vm.Type.Elem(), "curAsyncRunner", reflect.PointerTo(runner))
	a.fn = offset(runner, "f", reflect.TypeFor[*goja.Object]())
	capability := field(runner, "promiseCap", nil)
	a.capability, a.capType = capability.Offset, capability.Type.Elem()
	a.capPromise = offset(a.capType, "promise", reflect.TypeFor[*goja.Object]())
	a.capFul = offset(a.capType, "resolveObj", reflect.TypeFor[*goja.Object]())
	a.capRej = offset(a.capType, "rejectObj", reflect.TypeFor[*goja.Object]())
	context := field(ctx.Type, "context", nil)
	within := func(name string, want reflect.Type) uintptr {
		return a.ctx + context.Offset + offset(context.Type, name, want)
	}
	a.prg, a.stash, a.privEnv = within("prg", reflect.TypeFor[*goja.Program]()), within("stash", nil), within("privEnv", nil)
	a.newTarget, a.args = within("newTarget", reflect.TypeFor[goja.Value]()), within("args", reflect.TypeFor[int]())
	a.stack = a.ctx + offset(ctx.Type, "stack", reflect.TypeFor[[]goja.Value]())

	for i, index := range []string{"1", "2", "3"} {
		a.kinds[i] = l.asyncKind(sample.Get(index).(*goja.Object), context.Type)
	}
	a.call = reflect.StructOf([]reflect.StructField{
		{Name: "Runner", Type: runner},
		{Name: "Rest", Type: reflect.TypeFor[asyncRest]()},
	})
	a.rest = offset(a.call, "Rest", nil)
	a.shaped = sameShape(a.call, reflect.TypeFor[asyncShape]())
}

func (l *layout) asyncKind(fn *goja.Object, context reflect.Type) (k asyncKind) {
	k.tab = l.self(fn)[0]
	t, base := implType(fn), uintptr(0)
	for {
		if f, ok := t.FieldByName("newTarget"); ok && len(f.Index) == 1 {
			k.arrow, k.newTarget = true, base+f.Offset
		}
		if f, ok := t.FieldByName("prg"); ok && len(f.Index) == 1 {
			break
		}
		f := t.Field(0)
		if !f.Anonymous {
			panic("an async function has no program")
		}
		t, base = f.Type, base+f.Offset
	}
	k.prg = base + offset(t, "prg", reflect.TypeFor[*goja.Program]())
	k.stash = base + offset(t, "stash", field(context, "stash", nil).Type)
	k.privEnv = base + offset(t, "privEnv", field(context, "privEnv", nil).Type)
	return k
}
