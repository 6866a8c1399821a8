package engine

import (
	"os"
	"testing"

	"github.com/dop251/goja"
)

func TestNativeUnlessForced(t *testing.T) {
	if want := os.Getenv("BINDERY_ENGINE") != "public"; Native() != want {
		l, err := inspect(goja.New())
		if err == nil {
			err = l.trial(goja.New())
		}
		t.Fatalf("Native() = %v, want %v: %v", Native(), want, err)
	}
}

func BenchmarkNewObject(b *testing.B) {
	rt := goja.New()
	proto := rt.NewObject()
	b.ReportAllocs()
	for b.Loop() {
		NewObject(rt, proto, rt)
	}
}

func BenchmarkResolved(b *testing.B) {
	rt := goja.New()
	b.ReportAllocs()
	for b.Loop() {
		Resolved(rt, goja.Undefined())
	}
}
