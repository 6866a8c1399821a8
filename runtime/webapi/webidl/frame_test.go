package webidl_test

import (
	"testing"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/runtimetest"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

func TestFramedKeepsMicrotasksWaiting(t *testing.T) {
	rt := runtimetest.New(t)
	rt.Run(`globalThis.log = []; globalThis.call = name => { log.push(name); Promise.resolve().then(() => log.push("after " + name)); }; 0`).Want("0")
	rt.Do(func(r *webidl.Realm) {
		call, _ := goja.AssertFunction(r.VM.Get("call"))
		r.Framed(func() {
			r.Microtask(func() {
				r.Framed(func() {
					r.Framed(func() { r.Invoke(call, goja.Undefined(), r.Str("a")) })
					r.Invoke(call, goja.Undefined(), r.Str("b"))
				})
			})
			r.Microtask(func() { r.Framed(func() { r.Invoke(call, goja.Undefined(), r.Str("c")) }) })
		})
	})
	rt.Run(`log.join()`).Want("a,b,c,after a,after b,after c")
}

func TestFramedPassesPanics(t *testing.T) {
	rt := runtimetest.New(t)
	rt.Do(func(r *webidl.Realm) {
		for range 2 { // the second time shows that the first left nothing behind
			thrown := r.Try(func() { r.Framed(func() { panic(r.TypeError("x")) }) })
			if got := r.Describe(thrown).Error(); got != "TypeError: x" {
				t.Errorf("got %q", got)
			}
		}
	})
}
