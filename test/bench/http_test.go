package bench

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bindery/bindery/binding"
	"github.com/bindery/bindery/node/ingress"
	"github.com/bindery/bindery/runtime/invocation"
)

// connections is how many clients there are at the same time.
const connections = 32

// serve serves a composition's Worker over HTTP on loopback.
func serve(b *testing.B, c *binding.Composition, name string) *httptest.Server {
	b.Helper()
	h := ingress.NewHandler(ingress.Options{})
	h.Swap(ingress.NewSite(c, ingress.SiteOptions{Local: true, Roots: []ingress.Root{{Worker: name, Limits: invocation.Limits{Depth: 64}}}}))
	s := httptest.NewUnstartedServer(nil)
	s.Config = ingress.NewServer(h, nil)
	s.Start()
	b.Cleanup(s.Close)
	return s
}

// hello serves a Worker, and beside it the same answer by a bare handler.
func hello(b *testing.B, source string) (served, bare *httptest.Server) {
	b.Helper()
	served = serve(b, compose(b, worker(b, "w", source)), "w")
	bare = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain;charset=UTF-8")
		_, _ = io.WriteString(w, "Hello, world!")
	}))
	b.Cleanup(bare.Close)
	return served, bare
}

// load sends n requests over each of the connections and takes the time.
func load(b *testing.B, s *httptest.Server, n int) time.Duration {
	b.Helper()
	request := []byte("GET /path?query=1 HTTP/1.1\r\nHost: localhost\r\nUser-Agent: bench\r\nAccept: */*\r\nAccept-Encoding: gzip\r\n\r\n")
	var conns []net.Conn
	for range connections {
		conn, err := net.Dial("tcp", s.Listener.Addr().String())
		if err != nil {
			b.Fatal(err)
		}
		defer conn.Close()
		conns = append(conns, conn)
	}
	var wg sync.WaitGroup
	began := time.Now()
	for _, conn := range conns {
		wg.Go(func() {
			in := bufio.NewReader(conn)
			for range n {
				if _, err := conn.Write(request); err != nil {
					b.Error(err)
					return
				}
				if err := skipResponse(in); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	return time.Since(began)
}

// skipResponse reads a response with as little work as can be: the client shares the processors with the server.
func skipResponse(in *bufio.Reader) error {
	length := 0
	for first := true; ; first = false {
		line, err := in.ReadSlice('\n')
		switch {
		case err != nil:
			return err
		case first && !bytes.HasPrefix(line, []byte("HTTP/1.1 200")):
			return fmt.Errorf("got %s", line)
		case len(line) == 2:
			_, err := in.Discard(length)
			return err
		case bytes.HasPrefix(line, []byte("Content-Length: ")):
			for _, c := range bytes.TrimSpace(line[16:]) {
				length = length*10 + int(c-'0')
			}
		}
	}
}

// (d) BenchmarkHello compares a Worker with a bare handler, in turn, so that the ratio holds when the machine's speed drifts.
func BenchmarkHello(b *testing.B) {
	for _, c := range []struct{ name, source string }{
		{"plain", `export default { fetch() { return new Response("Hello, world!") } }`},
		{"async", `export default { async fetch(request, env, ctx) { return new Response("Hello, world!") } }`},
	} {
		b.Run(c.name, func(b *testing.B) {
			served, bare := hello(b, c.source)
			const each = 200
			load(b, served, each)
			load(b, bare, each)
			var with, without time.Duration
			for b.Loop() {
				without += load(b, bare, each)
				with += load(b, served, each)
			}
			n := float64(b.N) * connections * each
			b.ReportMetric(n/with.Seconds(), "worker-req/s")
			b.ReportMetric(n/without.Seconds(), "bare-req/s")
			b.ReportMetric(without.Seconds()/with.Seconds(), "ratio")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// (b) BenchmarkChainHTTP is the CPU time of a request through a chain of bindings, client and server together: us/hop is its slope over the
// chain of one.
func BenchmarkChainHTTP(b *testing.B) {
	base := 0.0
	for _, hops := range []int{1, 8, 16, 32} {
		b.Run(fmt.Sprint(hops), func(b *testing.B) {
			s := serve(b, chain(b, hops), "w0")
			const each = 50
			load(b, s, each)
			before := cpu(b)
			for b.Loop() {
				load(b, s, each)
			}
			us := float64(cpu(b)-before) / float64(b.N) / connections / each / 1000
			b.ReportMetric(us, "cpu-us/req")
			if hops == 1 {
				base = us
			} else {
				b.ReportMetric((us-base)/float64(hops-1), "cpu-us/hop")
			}
			b.ReportMetric(0, "ns/op")
		})
	}
}

// BenchmarkServe is one request without a network, for profiles.
func BenchmarkServe(b *testing.B) {
	served, _ := hello(b, `export default { fetch() { return new Response("Hello, world!") } }`)
	h := served.Config.Handler
	r := httptest.NewRequest("GET", "/path?query=1", nil)
	r.Header.Set("User-Agent", "bench")
	r.RequestURI, r.Host = "/path?query=1", "localhost"
	w := &discard{header: http.Header{}}
	b.ReportAllocs()
	for b.Loop() {
		clear(w.header)
		h.ServeHTTP(w, r)
	}
}

type discard struct{ header http.Header }

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) Write(p []byte) (int, error) { return len(p), nil }
func (d *discard) WriteHeader(int)             {}

// BenchmarkBody is why small bodies are read before the Worker is called: eager against live (chunked, so of unknown length).
func BenchmarkBody(b *testing.B) {
	served, _ := hello(b, `export default { async fetch(request) { return new Response((await request.text()).length) } }`)
	for _, size := range []int{1 << 10, 16 << 10, 64 << 10} {
		sent := strings.Repeat("x", size)
		for _, kind := range []string{"eager", "live"} {
			b.Run(fmt.Sprintf("%s/%dKB", kind, size>>10), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					var body io.Reader = strings.NewReader(sent)
					if kind == "live" {
						body = struct{ io.Reader }{body}
					}
					resp, err := served.Client().Post(served.URL, "text/plain", body)
					if err != nil {
						b.Fatal(err)
					}
					if _, err := io.Copy(io.Discard, resp.Body); err != nil || resp.StatusCode != 200 {
						b.Fatal(resp.Status, err)
					}
					resp.Body.Close()
				}
			})
		}
	}
}
