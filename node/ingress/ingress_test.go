package ingress_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/bindery/bindery/node/ingress"
	"github.com/bindery/bindery/node/route"
	"github.com/bindery/bindery/runtime"
	"github.com/bindery/bindery/runtime/body"
	"github.com/bindery/bindery/runtime/invocation"
	"github.com/bindery/bindery/runtime/webapi/fetch"
	"github.com/bindery/bindery/runtime/webapi/headers"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// call is what a Worker of these tests is given.
type call struct {
	worker string
	inv    *invocation.Invocation
	req    *fetch.RequestData
	done   func(*fetch.ResponseData, error)
}

// workers is a Caller in Go. It gives the hold back when the function returns.
type workers func(c call)

func (f workers) Fetch(worker string, inv *invocation.Invocation, req *fetch.RequestData, done func(*fetch.ResponseData, error)) {
	f(call{worker, inv, req, done})
	inv.Release()
}

func text(s string) *fetch.ResponseData {
	return &fetch.ResponseData{Status: 200, Headers: headers.New(headers.Pair{Name: "content-type", Value: "text/plain"}), Body: body.Bytes([]byte(s))}
}

// answer gives every call this.
func answer(d *fetch.ResponseData, err error) workers { return func(c call) { c.done(d, err) } }

// serve starts a server of one root named w.
func serve(t *testing.T, f workers, o ingress.Options) (*httptest.Server, *ingress.Handler) {
	t.Helper()
	h := ingress.NewHandler(o)
	h.Swap(ingress.NewSite(f, ingress.SiteOptions{Local: true, Roots: []ingress.Root{{Worker: "w"}}}))
	s := httptest.NewUnstartedServer(nil)
	s.Config = ingress.NewServer(h, nil)
	s.Start()
	t.Cleanup(s.Close)
	return s, h
}

func do(t *testing.T, s *httptest.Server, req *http.Request) (*http.Response, string) {
	t.Helper()
	resp, err := s.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(b)
}

func request(t *testing.T, method, url string, b io.Reader, pairs ...string) *http.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, b)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i] == "Host" {
			req.Host = pairs[i+1]
			continue
		}
		req.Header.Add(pairs[i], pairs[i+1])
	}
	return req
}

func patterns(t *testing.T, list ...string) (out []route.Pattern) {
	t.Helper()
	for _, s := range list {
		parse := route.ParsePattern
		if rest, ok := strings.CutPrefix(s, "domain:"); ok {
			s, parse = rest, route.ParseDomain
		}
		p, err := parse(s)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, p)
	}
	return out
}

func TestChoice(t *testing.T) {
	f := workers(func(c call) { c.done(text(c.worker), nil) })
	h := ingress.NewHandler(ingress.Options{})
	set := func(o ingress.SiteOptions) { h.Swap(ingress.NewSite(f, o)) }
	get := func(host, target string) string {
		w := httptest.NewRecorder()
		r := httptest.NewRequest("GET", "/", nil)
		r.Host, r.RequestURI = host, target
		h.ServeHTTP(w, r)
		if w.Code != 200 {
			return fmt.Sprint(w.Code)
		}
		return w.Body.String()
	}
	catchAll := ingress.SiteOptions{
		Local: true, Private: []string{"auth"},
		Roots: []ingress.Root{{Worker: "gateway", Patterns: patterns(t, "*/*")}, {Worker: "api", Patterns: patterns(t, "api.example.com/v1/*", "other.localhost/*")}},
	}
	named := ingress.SiteOptions{
		Local: true, Private: []string{"auth"},
		Roots: []ingress.Root{{Worker: "first"}, {Worker: "shop", Patterns: patterns(t, "domain:shop.example.com", "https://secure.example.com/*")}},
	}
	remote := named
	remote.Local = false
	for _, c := range []struct {
		site         ingress.SiteOptions
		host, target string
		want         string
	}{
		{catchAll, "localhost:8787", "/", "gateway"},
		{catchAll, "anything.example.com", "/a?b", "gateway"},
		{catchAll, "api.example.com:99", "/v1/x", "api"},
		{catchAll, "API.example.com.", "/v1/x", "api"},
		{catchAll, "api.example.com", "/v2/../v1/x", "api"},
		{catchAll, "api.example.com", "/v1/%2e%2e/x", "gateway"},
		{catchAll, "api.localhost:8787", "/", "api"},
		{catchAll, "gateway.localhost", "/", "gateway"},
		{catchAll, "auth.localhost:8787", "/", "404"},
		{catchAll, "AUTH.LOCALHOST.", "/", "404"},
		{catchAll, "auth", "/", "gateway"},
		{catchAll, "other.localhost", "/", "api"},
		{catchAll, "nobody.localhost", "/", "gateway"},
		{named, "localhost", "/", "first"},
		{named, "127.0.0.1:8787", "/", "first"},
		{named, "[::1]:8787", "/", "first"},
		{named, "[::1]", "/", "first"},
		{named, "192.168.1.9", "/", "first"},
		{named, "shop.example.com", "/any", "shop"},
		{named, "shop.localhost", "/any", "shop"},
		{named, "secure.example.com", "/", "shop"},
		{named, "example.com", "/", "404"},
		{named, "auth.localhost", "/", "404"},
		{named, "auth.shop.localhost", "/", "404"},
		{named, "nobody.localhost", "/", "404"},
		{remote, "localhost", "/", "404"},
		{remote, "first.localhost", "/", "404"},
		{remote, "secure.example.com", "/", "404"},
		{remote, "shop.example.com", "/", "shop"},
	} {
		set(c.site)
		if got := get(c.host, c.target); got != c.want {
			t.Errorf("local %v: %s %s: got %s, want %s", c.site.Local, c.host, c.target, got, c.want)
		}
	}
}

func TestNotFoundListsTheRoots(t *testing.T) {
	s, h := serve(t, answer(text("no"), nil), ingress.Options{})
	h.Swap(ingress.NewSite(answer(text("no"), nil), ingress.SiteOptions{
		Local: true, Private: []string{"auth"}, Roots: []ingress.Root{{Worker: "shop", Patterns: patterns(t, "a.example.com/*")}},
	}))
	resp, got := do(t, s, request(t, "GET", s.URL+"/x?q", nil, "Host", "auth.localhost:1"))
	want := "There is no Worker at auth.localhost:1/x: Worker \"auth\" is private, and is reached by the service bindings of others only. " +
		"Give it a route to serve it.\n\nServed here:\n  shop  http://shop.localhost:1/  a.example.com/*\n"
	if resp.StatusCode != 404 || got != want {
		t.Errorf("%d %s", resp.StatusCode, cmp.Diff(want, got))
	}
}

func TestRequest(t *testing.T) {
	var got *fetch.RequestData
	s, _ := serve(t, func(c call) { got = c.req; c.done(text(""), nil) }, ingress.Options{})
	port := s.Listener.Addr().(*net.TCPAddr).Port
	for _, c := range []struct {
		raw  string // request line and headers
		url  string // PORT stands for the server's
		have map[string]string
		lack []string
	}{
		{raw: "GET /a/b?c=d HTTP/1.1\r\nHost: localhost:PORT", url: "http://localhost:PORT/a/b?c=d"},
		{raw: "GET / HTTP/1.1\r\nHost: LOCALHOST:PORT", url: "http://localhost:PORT/", have: map[string]string{"host": "LOCALHOST:PORT"}},
		{raw: "GET / HTTP/1.1\r\nHost: w.localhost:80", url: "http://w.localhost/"},
		{raw: "GET /a/../b/./c|'\"?'\" HTTP/1.1\r\nHost: 127.0.0.1:PORT", url: "http://127.0.0.1:PORT/b/c|'%22?%27%22"},
		{raw: "GET /%2e%2E/x HTTP/1.1\r\nHost: localhost", url: "http://localhost/x"},
		{raw: "GET //twice// HTTP/1.1\r\nHost: localhost", url: "http://localhost//twice//"},
		{raw: "GET http://localhost/abs?q HTTP/1.1\r\nHost: ignored.example", url: "http://localhost/abs?q"},
		{
			raw: "GET / HTTP/1.1\r\nHost: localhost\r\nCF-Connecting-IP: 6.6.6.6\r\nX-Forwarded-For: 7.7.7.7\r\nX-Forwarded-Proto: https\r\n" +
				"Connection: close, X-Hop\r\nX-Hop: 1\r\nKeep-Alive: 3\r\nTE: trailers\r\nUpgrade: websocket\r\nX-Two: a\r\nX-Two: b",
			url: "http://localhost/",
			have: map[string]string{
				"cf-connecting-ip": "127.0.0.1", "x-forwarded-for": "7.7.7.7, 127.0.0.1", "x-forwarded-proto": "http", "upgrade": "websocket",
				"x-two": "a, b", "host": "localhost",
			},
			lack: []string{"connection", "x-hop", "keep-alive", "te"},
		},
	} {
		fill := func(s string) string { return strings.ReplaceAll(s, "PORT", fmt.Sprint(port)) }
		status := raw(t, s, fill(c.raw))
		if status != "HTTP/1.1 200 OK" {
			t.Errorf("%s: %s", c.raw, status)
			continue
		}
		if got.URL != fill(c.url) {
			t.Errorf("%s: got %s, want %s", c.raw, got.URL, c.url)
		}
		if got.CF != `{"httpProtocol":"HTTP/1.1"}` {
			t.Errorf("cf: %s", got.CF)
		}
		for name, want := range c.have {
			if v, _ := got.Headers.Get(name); v != fill(want) {
				t.Errorf("%s: %s is %q, want %q", c.raw, name, v, want)
			}
		}
		for _, name := range c.lack {
			if got.Headers.Has(name) {
				t.Errorf("%s: has %s", c.raw, name)
			}
		}
	}
	for _, c := range []struct{ raw, status string }{
		{"TRACE / HTTP/1.1\r\nHost: localhost", "HTTP/1.1 405 Method Not Allowed"},
		{"CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443", "HTTP/1.1 405 Method Not Allowed"},
		{"OPTIONS * HTTP/1.1\r\nHost: localhost", "HTTP/1.1 200 OK"},
	} {
		if got := raw(t, s, c.raw); got != c.status {
			t.Errorf("%s: got %s", c.raw, got)
		}
	}
}

// raw sends a request as it stands and gives the status line.
func raw(t *testing.T, s *httptest.Server, head string) string {
	t.Helper()
	conn, err := net.Dial("tcp", s.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, head+"\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	b := make([]byte, 1<<10)
	n, err := conn.Read(b)
	if err != nil {
		t.Fatal(err)
	}
	line, _, _ := strings.Cut(string(b[:n]), "\r\n")
	return line
}

func TestBodies(t *testing.T) {
	var live bool
	s, _ := serve(t, func(c call) {
		live = c.req.Body.IsLive()
		c.done(&fetch.ResponseData{Status: 200, Body: c.req.Body}, nil) // an echo: read while it is written
	}, ingress.Options{})
	for _, c := range []struct {
		name    string
		size    int
		chunked bool
		live    bool
	}{
		{"none", 0, false, false},
		{"small", 5, false, false},
		{"just eager", 64 << 10, false, false},
		{"large", 64<<10 + 1, false, true},
		{"chunked", 5, true, true},
		{"10 MB", 10 << 20, false, true},
		{"10 MB chunked", 10 << 20, true, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			sent := bytes.Repeat([]byte("0123456789abcde\n"), c.size/16+1)[:c.size]
			var b io.Reader = bytes.NewReader(sent)
			if c.chunked {
				b = struct{ io.Reader }{b}
			}
			resp, got := do(t, s, request(t, "POST", s.URL, b))
			if got != string(sent) {
				t.Errorf("%d bytes came back of %d", len(got), len(sent))
			}
			if live != c.live {
				t.Errorf("live: %v", live)
			}
			// A chunked body that ended before anything had to be flushed has its length counted by net/http.
			if want := int64(c.size); resp.ContentLength != want && (!c.chunked || resp.ContentLength != -1) {
				t.Errorf("Content-Length %d", resp.ContentLength)
			}
		})
	}
}

func TestUploadEndsWithTheResponse(t *testing.T) {
	var stream body.Stream
	s, _ := serve(t, func(c call) {
		stream = c.req.Body.Stream()
		started := make(chan struct{})
		go func() { // a Worker that reads on under waitUntil: the client sends nothing more
			stream.Pull(func([]byte, error) {
				close(started)
				stream.Pull(func([]byte, error) {})
			})
		}()
		<-started
		c.done(text("done"), nil)
	}, ingress.Options{})
	r, w := io.Pipe()
	defer w.Close()
	go func() { _, _ = io.WriteString(w, "some") }()
	if _, got := do(t, s, request(t, "POST", s.URL, r)); got != "done" {
		t.Errorf("got %q", got)
	}
	failed := make(chan error, 1)
	stream.Pull(func(_ []byte, err error) { failed <- err })
	if err := <-failed; err == nil || !strings.Contains(err.Error(), "after response has been sent") {
		t.Errorf("got %v", err)
	}
}

func TestFailures(t *testing.T) {
	thrown := &webidl.Thrown{Class: "TypeError", Message: "no good", Stack: "TypeError: no good\n\tat handler (src/index.js:3:9)"}
	for _, c := range []struct {
		name   string
		err    error
		hide   bool
		accept string
		status int
		body   string
	}{
		{"thrown", thrown, false, "*/*", 500, "TypeError: no good\n\tat handler (src/index.js:3:9)\n"},
		{"thrown, JSON", thrown, false, "application/json", 500, `{"status":500,"error":{"name":"TypeError","message":"no good","stack":"TypeError: no good\n\tat handler (src/index.js:3:9)"}}`},
		{"thrown, hidden", thrown, true, "*/*", 500, "Error: Worker threw exception\n"},
		{"hung", runtime.ErrHung, false, "*/*", 500, "Error: " + runtime.ErrHung.Error() + "\n"},
		{"load", &runtime.LoadError{Worker: "w", Err: thrown}, false, "", 500, "TypeError: no good (while Worker \"w\" was loaded)\nTypeError: no good\n\tat handler (src/index.js:3:9)\n"},
		{"limit", fmt.Errorf("%w (limit: 32 deep)", invocation.ErrDepth), false, "", 503, "Error: " + invocation.ErrDepth.Error() + " (limit: 32 deep)\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			told := make(chan error, 1)
			s, _ := serve(t, answer(nil, c.err), ingress.Options{
				Stacks:    !c.hide,
				Exception: func(_ string, _ *invocation.Invocation, err error) { told <- err },
			})
			resp, got := do(t, s, request(t, "GET", s.URL, nil, "Accept", c.accept))
			if resp.StatusCode != c.status {
				t.Errorf("status %d", resp.StatusCode)
			}
			if diff := cmp.Diff(c.body, got); diff != "" {
				t.Error(diff)
			}
			if c.accept == "application/json" && !json.Valid([]byte(got)) {
				t.Error("not JSON")
			}
			if err := <-told; err != c.err {
				t.Errorf("told of %v", err)
			}
		})
	}
}

func TestWaitForWorkAfterTheResponse(t *testing.T) {
	held := make(chan *invocation.Invocation, 1)
	s, h := serve(t, func(c call) {
		c.inv.Hold() // waitUntil
		held <- c.inv
		c.done(text("early"), nil)
	}, ingress.Options{})
	if _, got := do(t, s, request(t, "GET", s.URL, nil)); got != "early" {
		t.Fatalf("got %q", got)
	}
	s.Close()
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if left := h.Wait(ended); left != 1 {
		t.Errorf("left %d, want 1", left)
	}
	go (<-held).Release()
	if left := h.Wait(t.Context()); left != 0 {
		t.Errorf("left %d", left)
	}
}

func TestSwapKeepsRequestsOnTheirSite(t *testing.T) {
	entered, leave := make(chan struct{}), make(chan struct{})
	s, h := serve(t, func(c call) {
		close(entered)
		go func() { <-leave; c.done(text("old"), nil) }()
	}, ingress.Options{})
	got := make(chan string)
	go func() {
		_, body := do(t, s, request(t, "GET", s.URL, nil))
		got <- body
	}()
	<-entered
	h.Swap(ingress.NewSite(answer(text("new"), nil), ingress.SiteOptions{Local: true, Roots: []ingress.Root{{Worker: "w"}}}))
	if _, body := do(t, s, request(t, "GET", s.URL, nil)); body != "new" {
		t.Errorf("after the swap: %q", body)
	}
	close(leave)
	if body := <-got; body != "old" {
		t.Errorf("begun before the swap: %q", body)
	}
}

func TestNothingServedYet(t *testing.T) {
	w := httptest.NewRecorder()
	ingress.NewHandler(ingress.Options{}).ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	if w.Code != 503 {
		t.Errorf("got %d", w.Code)
	}
}

// A handler that sleeps on when its client is gone holds up nothing but what it gave waitUntil.
func TestDrainDoesNotWaitForWhatNobodyWaitsFor(t *testing.T) {
	entered, over := make(chan *invocation.Invocation, 1), make(chan struct{})
	s, h := serve(t, func(c call) {
		c.inv.Hold() // never given back: the handler's promise does not settle
		entered <- c.inv
	}, ingress.Options{Log: func(ingress.Entry) { close(over) }})
	ctx, hangUp := context.WithCancel(t.Context())
	go func() {
		inv := <-entered
		inv.HoldWait()
		hangUp()
		entered <- inv
	}()
	if _, err := s.Client().Do(request(t, "GET", s.URL, nil).WithContext(ctx)); err == nil {
		t.Fatal("there was an answer")
	}
	<-over
	inv := <-entered
	ended, end := context.WithCancel(t.Context())
	end()
	if left := h.Wait(ended); left != 1 {
		t.Errorf("%d are left while something is under waitUntil, want 1", left)
	}
	waited := make(chan int)
	go func() { waited <- h.Wait(t.Context()) }()
	inv.ReleaseWait()
	if left := <-waited; left != 0 || inv.Ended() {
		t.Errorf("%d are left", left)
	}
}
