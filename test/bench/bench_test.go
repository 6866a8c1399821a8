package bench

import (
	"fmt"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/bindery/bindery/binding"
	"github.com/bindery/bindery/runtime/bundle/lower"
	"github.com/bindery/bindery/runtime/invocation"
	"github.com/bindery/bindery/runtime/webapi/fetch"
	"github.com/bindery/bindery/runtime/webapi/headers"
)

// floor is the floor under the heap that both sides of every comparison have, as the node sets one: pointer-free, never touched, so
// never resident.
var floor = make([]byte, 20<<20)

func TestMain(m *testing.M) {
	code := m.Run()
	_ = floor[0]
	os.Exit(code)
}

// worker compiles one module.
func worker(b *testing.B, name, source string, services ...string) binding.Worker {
	b.Helper()
	p, err := lower.Lower(lower.Input{Name: name + ".js", Code: []byte(source)})
	if err != nil {
		b.Fatal(err)
	}
	w := binding.Worker{Name: name, Version: name, Program: p, Text: map[string]string{"SECRET_TOKEN": "s3cret"}}
	for _, s := range services {
		w.Services = append(w.Services, binding.Service{Binding: s, Worker: s})
	}
	return w
}

func compose(b *testing.B, workers ...binding.Worker) *binding.Composition {
	b.Helper()
	c, err := binding.Compose(workers, binding.Options{})
	if err != nil {
		b.Fatal(err)
	}
	if err := c.Warm(); err != nil {
		b.Fatal(err)
	}
	return c
}

// call sends one request into a composition and wants status 200.
func call(b *testing.B, c *binding.Composition, name string) {
	req := &fetch.RequestData{Method: "GET", URL: "http://localhost:8787/", Headers: headers.New(
		headers.Pair{Name: "x-custom-token", Value: "s3cret"}, headers.Pair{Name: "user-agent", Value: "bench"}, headers.Pair{Name: "accept", Value: "*/*"})}
	inv := invocation.New(name, invocation.Limits{Depth: 64})
	finished := false
	var failure error
	status := 0
	c.Fetch(name, inv, req, func(d *fetch.ResponseData, err error) {
		finished, failure = true, err
		if d != nil {
			status = d.Status
		}
	})
	if !finished || failure != nil || status != 200 {
		b.Errorf("finished %v, status %d, error %v", finished, status, failure)
	}
}

// cpu is the CPU time that this process has used.
func cpu(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

const (
	gatewaySource = `export default { async fetch(request, env) {
		const allowed = await env.auth.fetch(request.clone());
		if (allowed.status !== 200) return allowed;
		return env.application.fetch(request);
	} }`
	authSource = `export default { async fetch(request, env) {
		if (request.headers.get("x-custom-token") === env.SECRET_TOKEN) return new Response("Request allowed", { status: 200 });
		return new Response("x-custom-token does not match, request not allowed", { status: 403 });
	} }`
	applicationSource = `export default { async fetch(request, env, ctx) { return new Response("Hello, world!"); } }`

	// oneSource is the same three functions inside one Worker.
	oneSource = `
	const auth = { async fetch(request, env) {
		if (request.headers.get("x-custom-token") === env.SECRET_TOKEN) return new Response("Request allowed", { status: 200 });
		return new Response("x-custom-token does not match, request not allowed", { status: 403 });
	} };
	const application = { async fetch(request, env) { return new Response("Hello, world!"); } };
	export default { async fetch(request, env) {
		const allowed = await auth.fetch(request.clone(), env);
		if (allowed.status !== 200) return allowed;
		return application.fetch(request, env);
	} }`
)

// (a) The gateway example over bindings against the same three functions inside one Worker.
func BenchmarkGateway(b *testing.B) {
	bindings := compose(b, worker(b, "gateway", gatewaySource, "auth", "application"), worker(b, "auth", authSource), worker(b, "application", applicationSource))
	one := compose(b, worker(b, "gateway", oneSource))
	for _, side := range []struct {
		name string
		c    *binding.Composition
	}{{"one-worker", one}, {"bindings", bindings}} {
		b.Run(side.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				call(b, side.c, "gateway")
			}
		})
	}
	// Both in turn, so that the ratio holds when the machine's speed drifts.
	b.Run("ratio", func(b *testing.B) {
		var with, without time.Duration
		for b.Loop() {
			t := time.Now()
			for range 50 {
				call(b, one, "gateway")
			}
			without += time.Since(t)
			t = time.Now()
			for range 50 {
				call(b, bindings, "gateway")
			}
			with += time.Since(t)
		}
		n := float64(b.N) * 50
		b.ReportMetric(float64(with)/float64(without), "ratio")
		b.ReportMetric(float64(with-without)/n/1000, "more-us")
		b.ReportMetric(0, "ns/op")
	})
}

// BenchmarkGatewayLoad is (a) with as many callers as processors, in CPU time a request.
func BenchmarkGatewayLoad(b *testing.B) {
	bindings := compose(b, worker(b, "gateway", gatewaySource, "auth", "application"), worker(b, "auth", authSource), worker(b, "application", applicationSource))
	one := compose(b, worker(b, "gateway", oneSource))
	for _, side := range []struct {
		name string
		c    *binding.Composition
	}{{"one-worker", one}, {"bindings", bindings}} {
		b.Run(side.name, func(b *testing.B) {
			b.ReportAllocs()
			before := cpu(b)
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					loaded(b, side.c, "gateway")
				}
			})
			b.ReportMetric(float64(cpu(b)-before)/float64(b.N)/1000, "cpu-us/op")
		})
	}
}

// loaded is call for many callers: the answer may come from another goroutine.
func loaded(b *testing.B, c *binding.Composition, name string) {
	req := &fetch.RequestData{Method: "GET", URL: "http://localhost:8787/", Headers: headers.New(headers.Pair{Name: "x-custom-token", Value: "s3cret"})}
	inv := invocation.New(name, invocation.Limits{Depth: 64})
	done := make(chan int, 1)
	c.Fetch(name, inv, req, func(d *fetch.ResponseData, err error) {
		if err != nil {
			done <- 0
			return
		}
		done <- d.Status
	})
	if status := <-done; status != 200 {
		b.Errorf("status %d", status)
	}
}

// chain makes Workers w0, w1, ... each of which calls the next over a binding.
func chain(b *testing.B, hops int) *binding.Composition {
	b.Helper()
	var workers []binding.Worker
	for i := range hops {
		next := fmt.Sprintf("w%d", i+1)
		workers = append(workers, worker(b, fmt.Sprintf("w%d", i), fmt.Sprintf(`export default { async fetch(request, env) { return await env.%s.fetch(request) } }`, next), next))
	}
	workers = append(workers, worker(b, fmt.Sprintf("w%d", hops), applicationSource))
	return compose(b, workers...)
}

// (b) A chain of bindings: the cost of a hop against that of a local async call.
func BenchmarkChain(b *testing.B) {
	for _, hops := range []int{1, 2, 4, 8, 16, 32} {
		b.Run(fmt.Sprintf("bindings/%d", hops), func(b *testing.B) {
			c := chain(b, hops)
			b.ReportAllocs()
			for b.Loop() {
				call(b, c, "w0")
			}
			b.ReportMetric(float64(b.Elapsed())/float64(b.N)/float64(hops), "ns/hop")
		})
		b.Run(fmt.Sprintf("local/%d", hops), func(b *testing.B) {
			c := compose(b, worker(b, "w0", fmt.Sprintf(`
				const last = async (request, env) => new Response("Hello, world!");
				let f = last;
				for (let i = 0; i < %d; i++) { const next = f; f = async (request, env) => await next(request, env); }
				const first = f;
				export default { async fetch(request, env) { return await first(request, env) } }`, hops-1)))
			b.ReportAllocs()
			for b.Loop() {
				call(b, c, "w0")
			}
			b.ReportMetric(float64(b.Elapsed())/float64(b.N)/float64(hops), "ns/hop")
		})
	}
}
