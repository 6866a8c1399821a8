package webidl

import (
	"testing"

	"github.com/dop251/goja"
)

// TestEncode holds that long texts are encoded as short ones are.
func TestEncode(t *testing.T) {
	rt := goja.New()
	for _, part := range []string{`a`, `é`, `\u0939`, `\u{10348}`, `\ud800`, `\udc00`, `\ud800a`, `\udc00\ud800`, `\ud800\ud800\udc00`} {
		v, err := rt.RunString(`"` + part + `|".repeat(3000)`)
		if err != nil {
			t.Fatal(err)
		}
		text := v.(goja.String)
		want := text.String()
		if got := string(Encode(text)); got != want {
			t.Errorf("%s: got %.20q, want %.20q", part, got, want)
		}
		if got := scalars(text); got != want || cap(Encode(text)) > len(want)+len(want)/8+64 {
			t.Errorf("%s: got %.20q, want %.20q", part, got, want)
		}
	}
}

// TestEncodeAllocates holds that a long text takes no more memory than its bytes.
func TestEncodeAllocates(t *testing.T) {
	v, err := goja.New().RunString(`"é".repeat(1e5)`)
	if err != nil {
		t.Fatal(err)
	}
	if n := testing.AllocsPerRun(10, func() { Encode(v.(goja.String)) }); n != 1 {
		t.Errorf("%v allocations, want 1", n)
	}
}
