package webidl

import (
	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/engine"
)

// frame is what Framed keeps for a realm: an object whose getter is a function of script that calls Go back.
type frame struct {
	object *goja.Object
	depth  int
	fn     func()
}

type frameKey struct{}

// Framed runs fn with a frame of script on the stack. A microtask and a turn begin with none, and goja then takes every call of script
// from Go, the settling of a promise too, for the end of a turn: it runs all microtasks before the call returns. Inside fn they
// wait, as they do below a call from script. What fn panics with passes through.
func (r *Realm) Framed(fn func()) {
	f, _ := r.Slot(frameKey{}).(*frame)
	if f == nil {
		f = r.newFrame()
		r.SetSlot(frameKey{}, f)
	}
	if f.depth > 0 {
		fn()
		return
	}
	f.depth++
	defer func() { f.depth-- }()
	f.fn = fn
	f.object.Get("frame")
}

func (r *Realm) newFrame() *frame {
	f := &frame{object: r.VM.NewObject()}
	run := engine.NewFunction(r.VM, "", 0, func(goja.FunctionCall) goja.Value {
		fn := f.fn
		f.fn = nil
		fn()
		return goja.Undefined()
	})
	getter, err := r.VM.New(r.Global("Function"), r.Str("this.run()")) // which, unlike running a program, ends no turn
	if err != nil {
		panic(err)
	}
	r.Put(f.object, "run", run)
	_ = f.object.DefineAccessorProperty("frame", getter, nil, goja.FLAG_FALSE, goja.FLAG_FALSE)
	return f
}
