package bundle_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bindery/bindery/runtime/bundle"
)

func TestEncodeAndDecode(t *testing.T) {
	for _, b := range []*bundle.Bundle{
		{Name: "worker.js", Syntax: bundle.Module, Code: []byte("export default { a: '<&>\u2028é\U0001F600' }\n"), Map: []byte(`{"version":3}`), Externals: []string{"cloudflare:workers"}},
		{Name: "w.js", Syntax: bundle.ServiceWorker, Code: []byte("")},
	} {
		data, err := b.Encode()
		if err != nil {
			t.Fatal(err)
		}
		again, err := bundle.Decode(data)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(b, again); diff != "" {
			t.Fatal(diff)
		}
		if b.Hash() != again.Hash() {
			t.Fatal("it is another bundle")
		}
	}
	if _, err := (&bundle.Bundle{Name: "w.js", Code: []byte{0xff}}).Encode(); err == nil {
		t.Fatal("code that is no UTF-8 was encoded")
	}
}

func TestDecodeRefuses(t *testing.T) {
	for text, want := range map[string]string{
		``:   "EOF",
		`[]`: "cannot unmarshal",
		`{}`: "format 0",
		`{"format":2,"name":"a","syntax":"modules"}`:                                "format 2",
		`{"format":1,"syntax":"modules"}`:                                           `"name" is missing`,
		`{"format":1,"name":"a","syntax":"es"}`:                                     `"syntax" is "es"`,
		`{"format":1,"name":"a","syntax":"modules","x":1}`:                          "unknown field",
		`{"format":1,"name":"a","syntax":"modules"}{}`:                              "something follows",
		`{"format":1,"name":"a","syntax":"service-worker","externals":["node:fs"]}`: "imports nothing",
	} {
		if _, err := bundle.Decode([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"format":1,"name":"a","syntax":"modules","code":"x","map":{}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		b, err := bundle.Decode(data)
		if err != nil {
			return
		}
		again, err := b.Encode()
		if err != nil {
			t.Fatal(err)
		}
		if c, err := bundle.Decode(again); err != nil || c.Hash() != b.Hash() {
			t.Fatalf("%v", err)
		}
	})
}
