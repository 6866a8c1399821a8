package webidl_test

import (
	"testing"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/invocation"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// nowhere is a host of realms that start nothing.
type nowhere struct{}

func (nowhere) Post(*invocation.Invocation, func())          {}
func (nowhere) Pending(int)                                  {}
func (nowhere) Log(*invocation.Invocation, webidl.LogEntry)  {}
func (nowhere) Unhandled(*invocation.Invocation, goja.Value) {}

func BenchmarkNewRealm(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		webidl.NewRealm(nowhere{})
	}
}

func BenchmarkEnter(b *testing.B) {
	r := webidl.NewRealm(nowhere{})
	inv := invocation.New("bench", invocation.Limits{})
	b.ReportAllocs()
	for b.Loop() {
		if err := r.Enter(inv, func() {}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEnterAsyncFunction(b *testing.B) {
	r := webidl.NewRealm(nowhere{})
	inv := invocation.New("bench", invocation.Limits{})
	v, err := r.VM.RunString(`(async (a) => a)`)
	if err != nil {
		b.Fatal(err)
	}
	fn, _ := goja.AssertFunction(v)
	arg := r.ToValue(1)
	b.ReportAllocs()
	for b.Loop() {
		if err := r.Enter(inv, func() { r.Invoke(fn, goja.Undefined(), arg) }); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEnterFunction(b *testing.B) {
	r := webidl.NewRealm(nowhere{})
	inv := invocation.New("bench", invocation.Limits{})
	v, err := r.VM.RunString(`((a) => a)`)
	if err != nil {
		b.Fatal(err)
	}
	fn, _ := goja.AssertFunction(v)
	arg := r.ToValue(1)
	b.ReportAllocs()
	for b.Loop() {
		if err := r.Enter(inv, func() { r.Invoke(fn, goja.Undefined(), arg) }); err != nil {
			b.Fatal(err)
		}
	}
}
