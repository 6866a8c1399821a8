package runtime

import (
	"errors"
	"fmt"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/bounds"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// load makes an isolate of p's script and runs its top-level code. The isolate is returned with its strand held. Errors: *LoadError.
func (p *Pool) load() (*Isolate, error) {
	s := p.Script
	program, err := s.program()
	if err != nil {
		return nil, &LoadError{Worker: s.Worker, Err: err}
	}
	iso := &Isolate{Script: s, program: program, pool: p, loading: true}
	iso.begin(&p.running)
	iso.strand.TryAcquire()
	iso.Realm = webidl.NewRealm(iso)
	iso.Realm.VM.SetMaxCallStackSize(maxCallStack)
	iso.meter.OnCharge = iso.watch.Reserve
	bounds.SetMeter(iso.Realm, &iso.meter)
	var exports goja.Value
	err = iso.enter(nil, func() {
		if s.Prepare != nil {
			s.Prepare(iso.Realm)
		}
		if s.Env != nil {
			iso.env = s.Env(iso.Realm)
		} else {
			iso.env = iso.Realm.VM.NewObject()
		}
		if s.ServiceWorker {
			iso.bindGlobals()
		}
		exports = iso.evaluate()
	})
	if err == nil {
		exports, err = iso.settleExports(exports)
	}
	if err == nil {
		err = iso.enter(nil, func() { iso.handlers.find(iso, exports) })
	}
	if err != nil {
		var ex *goja.Exception
		if errors.As(err, &ex) {
			err = iso.describe(nil, ex.Value())
		}
		return nil, &LoadError{Worker: s.Worker, Err: err}
	}
	iso.loading = false
	return iso, nil
}

// IsolateOf gives the isolate that a realm belongs to, nil for the realm of a test kit.
func IsolateOf(r *webidl.Realm) *Isolate {
	iso, _ := r.Host.(*Isolate)
	return iso
}

// evaluate runs the module's wrapper.
func (iso *Isolate) evaluate() goja.Value {
	r, p := iso.Realm, iso.program
	v, err := r.VM.RunProgram(p.Program)
	if err != nil {
		panic(err)
	}
	wrapper, ok := goja.AssertFunction(v)
	if !ok {
		panic(r.TypeError("the compiled program is no module"))
	}
	args := append(p.Helpers(r.VM), iso.importFunction())
	this := goja.Undefined()
	if iso.Script.ServiceWorker {
		this = r.VM.GlobalObject()
	}
	return r.Invoke(wrapper, this, args...)
}

// settleExports waits for a module that awaits at its top level, which only promises can settle: nothing is waited for.
func (iso *Isolate) settleExports(v goja.Value) (goja.Value, error) {
	p := webidl.PromiseOf(v)
	if p == nil {
		return v, nil
	}
	switch p.State() {
	case goja.PromiseStateFulfilled:
		return p.Result(), nil
	case goja.PromiseStateRejected:
		iso.Realm.Handled(p)
		return nil, iso.describe(nil, p.Result())
	}
	return nil, fmt.Errorf("top-level await never settled: at the top level only promises that need no I/O or timer can be awaited")
}

// bindGlobals puts the bindings on the global object, where classic scripts look for them.
func (iso *Isolate) bindGlobals() {
	global := iso.Realm.VM.GlobalObject()
	for _, name := range iso.env.GetOwnPropertyNames() {
		if err := global.DefineDataProperty(name, iso.env.Get(name), goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_TRUE); err != nil {
			panic(err)
		}
	}
}
