package dataplane

import (
	"testing"

	"github.com/bindery/bindery/binding"
	"github.com/bindery/bindery/node/compiler"
	"github.com/bindery/bindery/node/poison"
	"github.com/bindery/bindery/runtime"
	"github.com/bindery/bindery/runtime/bundle/lower"
	"github.com/bindery/bindery/runtime/invocation"
	"github.com/bindery/bindery/runtime/webapi/fetch"
	"github.com/bindery/bindery/runtime/webapi/headers"
)

func TestMain(m *testing.M) {
	if compiler.Main() || Main(Hooks{}) {
		return
	}
	m.Run()
}

// BenchmarkEvidence tells what it costs that the process can be asked what ran when it died: a call of a Worker, and one of a Worker by it.
func BenchmarkEvidence(b *testing.B) {
	program := func(code string) *lower.Program {
		p, err := lower.Lower(lower.Input{Name: "w.js", Code: []byte("var d = " + code + ";\nexport { d as default };\n")})
		if err != nil {
			b.Fatal(err)
		}
		return p
	}
	workers := []binding.Worker{
		{Name: "hello", Version: "1", Program: program(`{ fetch() { return new Response("hello"); } }`)},
		{
			Name: "gateway", Version: "2", Program: program(`{ async fetch(r, env) { return env.HELLO.fetch(r); } }`),
			Services: []binding.Service{{Binding: "HELLO", Worker: "hello"}},
		},
	}
	for _, worker := range []string{"hello", "gateway"} {
		for _, with := range []string{"without", "with"} {
			b.Run(worker+"/"+with, func(b *testing.B) {
				o := runtime.GuardOptions{}
				if with == "with" {
					f, err := poison.NewTable()
					if err != nil {
						b.Fatal(err)
					}
					defer f.Close()
					table, err := poison.OpenTable(f)
					if err != nil {
						b.Fatal(err)
					}
					o.Evidence = &runtime.Evidence{Running: table.Running(), Number: table.Number}
				}
				guard := runtime.NewGuard(o)
				defer guard.Close()
				composition, err := binding.Compose(workers, binding.Options{Guard: guard})
				if err != nil {
					b.Fatal(err)
				}
				b.ReportAllocs()
				for b.Loop() {
					request := &fetch.RequestData{Method: "GET", URL: "http://hello.test/", Headers: headers.New()}
					composition.Fetch(worker, invocation.New(worker, invocation.Limits{}), request, func(d *fetch.ResponseData, err error) {
						if err != nil || d.Status != 200 {
							b.Error(d, err)
						}
					})
				}
			})
		}
	}
}
