package runtime

import (
	"sort"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/engine"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// builtinModules are the modules that script may import besides its own, by specifier. Each gives its exports for one isolate, made
// at the first import.
var builtinModules = map[string]func(iso *Isolate) *goja.Object{
	"cloudflare:workers": cloudflareWorkers,
}

// Provided lists the specifiers that script may import from the runtime, sorted.
func Provided() []string {
	var list []string
	for name := range builtinModules {
		list = append(list, name)
	}
	sort.Strings(list)
	return list
}

type moduleKey string

// importFunction is what the compiled module calls for each specifier that was left to the runtime.
func (iso *Isolate) importFunction() goja.Value {
	r := iso.Realm
	if p := iso.program; len(p.Imports) == 0 && !p.Dynamic {
		return goja.Undefined() // it never is
	}
	return engine.NewFunction(r.VM, "", 1, func(c goja.FunctionCall) goja.Value {
		specifier := c.Argument(0).String()
		if ns, ok := r.Slot(moduleKey(specifier)).(*goja.Object); ok {
			return ns
		}
		make0, ok := builtinModules[specifier]
		if !ok {
			panic(r.Error("No such module %q. The runtime provides: %q", specifier, Provided()))
		}
		ns := make0(iso)
		r.SetSlot(moduleKey(specifier), ns)
		return ns
	})
}

// refused are the names that packages import and that this runtime has no service behind.
var refused = []string{"DurableObject", "WorkflowEntrypoint"}

// cloudflareWorkers is the module of that name (https://developers.cloudflare.com/workers/runtime-apis/bindings/).
func cloudflareWorkers(iso *Isolate) *goja.Object {
	r := iso.Realm
	ns := r.VM.CreateObject(nil)
	set := func(name string, v any) {
		if err := ns.Set(name, v); err != nil {
			panic(err)
		}
	}
	v, err := r.VM.RunProgram(entrypointProgram)
	if err != nil {
		panic(err)
	}
	classes := v.(*goja.Object)
	for _, name := range []string{"WorkerEntrypoint", "RpcTarget"} {
		set(name, classes.Get(name))
	}
	make0, _ := goja.AssertFunction(classes.Get("refuse"))
	for _, name := range refused {
		set(name, r.Invoke(make0, goja.Undefined(), r.Str(name)))
	}
	set("env", iso.env)
	set("waitUntil", func(c goja.FunctionCall) goja.Value {
		inv := r.Invocation()
		if inv == nil {
			panic(r.Error("%s", webidl.GlobalScope))
		}
		iso.waitUntil(inv, c.Argument(0))
		return goja.Undefined()
	})
	return ns
}

// entrypointProgram makes the classes that script extends: syntax, since each is an ordinary class.
var entrypointProgram = goja.MustCompile("cloudflare:workers", `(() => {
	"use strict";
	class WorkerEntrypoint { constructor(ctx, env) { this.ctx = ctx; this.env = env; } }
	class RpcTarget {}
	const refuse = (name) => ({ [name]: class { constructor() {
		throw new Error(name + " is not provided by this runtime: there is no such service behind it.");
	} } })[name];
	return { WorkerEntrypoint, RpcTarget, refuse };
})()`, true)
