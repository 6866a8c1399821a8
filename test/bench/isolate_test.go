package bench

import (
	"runtime"
	"testing"

	"github.com/bindery/bindery/binding"
)

// isolates makes compositions of one Worker, each of which loads an isolate of its own.
func isolate(b *testing.B, w binding.Worker, first bool) *binding.Composition {
	c, err := binding.Compose([]binding.Worker{w}, binding.Options{})
	if err != nil {
		b.Fatal(err)
	}
	if err := c.Warm(); err != nil {
		b.Fatal(err)
	}
	if first {
		call(b, c, w.Name)
	}
	return c
}

// (c) An isolate with all Web APIs: loaded, and after its first request, which makes a URL and a Response and reads a header. Time
// in a loop; heap retained by each over 10,000 of them.
func BenchmarkIsolate(b *testing.B) {
	w := worker(b, "w", `let n = 0; export default { async fetch(request, env) {
		n++;
		if (request.headers.get("x-custom-token") !== env.SECRET_TOKEN) return new Response("no", { status: 403 });
		return new Response("hello " + n, { headers: { "x-n": String(n) } });
	} }`)
	for _, side := range []struct {
		name  string
		first bool
	}{{"loaded", false}, {"first-request", true}} {
		b.Run(side.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				isolate(b, w, side.first)
			}
		})
		b.Run("retained-"+side.name, func(b *testing.B) {
			const n = 10_000
			for b.Loop() {
				kept := make([]*binding.Composition, 0, n)
				before := heap()
				for range n {
					kept = append(kept, isolate(b, w, side.first))
				}
				b.ReportMetric(float64(heap()-before)/n, "B/isolate")
				runtime.KeepAlive(kept)
			}
			b.ReportMetric(0, "ns/op")
		})
	}
}

func heap() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
