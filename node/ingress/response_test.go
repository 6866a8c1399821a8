package ingress_test

import (
	"compress/gzip"
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bindery/bindery/node/ingress"
	"github.com/bindery/bindery/runtime/body"
	"github.com/bindery/bindery/runtime/invocation"
	"github.com/bindery/bindery/runtime/webapi/fetch"
	"github.com/bindery/bindery/runtime/webapi/headers"
)

func TestResponse(t *testing.T) {
	pairs := func(p ...string) *headers.List {
		l := headers.New()
		for i := 0; i < len(p); i += 2 {
			l.Append(p[i], p[i+1])
		}
		return l
	}
	chunks := func() *body.Body { return body.Live(&pieces{list: []string{"a", "b", "c"}}, -1) }
	for _, c := range []struct {
		name   string
		method string
		d      *fetch.ResponseData
		status int
		body   string
		want   map[string][]string // nil: there is no such header
	}{
		{
			"headers", "GET", &fetch.ResponseData{Status: 418, Headers: pairs(
				"set-cookie", "a=1", "set-cookie", "b=2", "x-custom", "v", "connection", "close", "transfer-encoding", "chunked",
				"content-length", "999", "keep-alive", "1", "upgrade", "h2c"), Body: body.Bytes([]byte("tea"))},
			418, "tea",
			map[string][]string{
				"Set-Cookie": {"a=1", "b=2"}, "X-Custom": {"v"}, "Content-Length": {"3"}, "Connection": nil, "Keep-Alive": nil, "Upgrade": nil,
				"Content-Type": nil,
			},
		},
		{"no body", "GET", &fetch.ResponseData{Status: 200}, 200, "", map[string][]string{"Content-Length": {"0"}, "Content-Type": nil}},
		{"stream", "GET", &fetch.ResponseData{Status: 200, Body: chunks()}, 200, "abc", map[string][]string{"Content-Length": nil}},
		{
			"stream of known size", "GET", &fetch.ResponseData{Status: 200, Body: body.Live(&pieces{list: []string{"a", "b"}}, 2)}, 200, "ab",
			map[string][]string{"Content-Length": {"2"}},
		},
		{"head", "HEAD", text("12345"), 200, "", map[string][]string{"Content-Length": {"5"}}},
		{"head, no body", "HEAD", &fetch.ResponseData{Status: 200, Headers: pairs("content-length", "77")}, 200, "", map[string][]string{"Content-Length": {"77"}}},
		{"head, stream", "HEAD", &fetch.ResponseData{Status: 200, Body: chunks()}, 200, "", map[string][]string{"Content-Length": nil}},
		{"204", "GET", &fetch.ResponseData{Status: 204, Headers: pairs("content-length", "5")}, 204, "", map[string][]string{"Content-Length": nil}},
		{"304", "GET", &fetch.ResponseData{Status: 304, Headers: pairs("etag", "x")}, 304, "", map[string][]string{"Etag": {"x"}}},
		{"error", "GET", &fetch.ResponseData{Error: true}, 502, "The Worker answered with Response.error(): there is nothing to send.\n", nil},
		{"101", "GET", &fetch.ResponseData{Status: 101}, 502, "The Worker answered with status 101, which can't be sent: there are no WebSockets here.\n", nil},
		{
			"encoding that is not done", "GET", &fetch.ResponseData{Status: 200, Headers: pairs("content-encoding", "br"), Body: body.Bytes([]byte("plain"))},
			200, "plain",
			map[string][]string{"Content-Encoding": nil, "Content-Length": {"5"}},
		},
		{
			"encoded already", "GET", &fetch.ResponseData{Status: 200, Headers: pairs("content-encoding", "br"), Body: body.Bytes([]byte("xyz")), ManualBody: true},
			200, "xyz",
			map[string][]string{"Content-Encoding": {"br"}, "Content-Length": {"3"}},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, _ := serve(t, answer(c.d, nil), ingress.Options{})
			resp, got := do(t, s, request(t, c.method, s.URL, nil, "Accept-Encoding", "identity"))
			if resp.StatusCode != c.status || got != c.body {
				t.Errorf("got %d %q", resp.StatusCode, got)
			}
			for name, want := range c.want {
				if diff := cmp.Diff(want, resp.Header[name]); diff != "" {
					t.Errorf("%s: %s", name, diff)
				}
			}
		})
	}
}

func TestGzip(t *testing.T) {
	s, _ := serve(t, func(c call) {
		d := text("")
		d.Headers.Set("content-encoding", "gzip")
		d.Body = body.Live(&pieces{list: []string{"one ", "two"}}, -1)
		c.done(d, nil)
	}, ingress.Options{})
	for _, c := range []struct {
		accept string
		packed bool
	}{{"gzip", true}, {"br, *;q=0.1", true}, {"gzip;q=0, br", false}, {"identity", false}} {
		resp, got := do(t, s, request(t, "GET", s.URL, nil, "Accept-Encoding", c.accept))
		if packed := resp.Header.Get("Content-Encoding") == "gzip"; packed != c.packed {
			t.Errorf("%s: packed: %v", c.accept, packed)
		} else if packed {
			z, err := gzip.NewReader(strings.NewReader(got))
			if err != nil {
				t.Fatal(err)
			}
			b, err := io.ReadAll(z)
			if err != nil {
				t.Fatal(err)
			}
			got = string(b)
		}
		if got != "one two" {
			t.Errorf("%s: got %q", c.accept, got)
		}
	}
}

// pieces is a stream that delivers on goroutines of its own, then ends with err or io.EOF.
type pieces struct {
	list   []string
	err    error
	hang   chan struct{} // if set, the end never comes
	cancel chan error
}

func (p *pieces) Pull(deliver func([]byte, error)) {
	if len(p.list) > 0 {
		c := p.list[0]
		p.list = p.list[1:]
		go deliver([]byte(c), nil)
		return
	}
	switch {
	case p.hang != nil:
		close(p.hang)
	case p.err != nil:
		deliver(nil, p.err)
	default:
		go deliver(nil, io.EOF)
	}
}

func (p *pieces) Cancel(reason error) {
	if p.cancel != nil {
		p.cancel <- reason
	}
}

func TestBrokenStreamBreaksTheConnection(t *testing.T) {
	logged := make(chan ingress.Entry, 1)
	s, _ := serve(t, func(c call) {
		c.done(&fetch.ResponseData{Status: 200, Body: body.Live(&pieces{list: []string{"part"}, err: errors.New("boom")}, -1)}, nil)
	}, ingress.Options{Log: func(e ingress.Entry) { logged <- e }})
	resp, err := s.Client().Get(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if string(b) != "part" || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("got %q, %v", b, err)
	}
	if e := <-logged; e.Status != 200 || e.Bytes != 4 || e.Aborted != "the body's stream failed: boom" || e.Worker != "w" {
		t.Errorf("log: %+v", e)
	}
}

func TestDisconnect(t *testing.T) {
	t.Run("before the response", func(t *testing.T) {
		aborted, called := make(chan error, 1), make(chan struct{})
		var late func(*fetch.ResponseData, error)
		s, _ := serve(t, func(c call) {
			c.inv.Hold() // as the runtime does until the answer is there
			c.inv.OnAbort(func(cause error) { aborted <- cause })
			late = c.done
			close(called)
		}, ingress.Options{})
		ctx, cancel := context.WithCancel(t.Context())
		go func() { <-called; cancel() }()
		if _, err := s.Client().Do(request(t, "GET", s.URL, nil).WithContext(ctx)); err == nil {
			t.Fatal("there was a response")
		}
		if err := <-aborted; !errors.Is(err, invocation.ErrDisconnected) {
			t.Errorf("aborted with %v", err)
		}
		stream := &pieces{cancel: make(chan error, 1)}
		s.Close() // waits for the handler: the answer below comes too late
		late(&fetch.ResponseData{Status: 200, Body: body.Live(stream, -1)}, nil)
		if err := <-stream.cancel; !errors.Is(err, invocation.ErrDisconnected) {
			t.Errorf("the late body was cancelled with %v", err)
		}
	})
	t.Run("within the body", func(t *testing.T) {
		stream := &pieces{list: []string{"part"}, hang: make(chan struct{}), cancel: make(chan error, 1)}
		aborted := make(chan error, 1)
		s, _ := serve(t, func(c call) {
			c.inv.Hold() // as the runtime does while a live body is under way
			c.inv.OnAbort(func(cause error) { aborted <- cause })
			c.done(&fetch.ResponseData{Status: 200, Body: body.Live(stream, -1)}, nil)
		}, ingress.Options{})
		resp, err := s.Client().Get(s.URL)
		if err != nil {
			t.Fatal(err)
		}
		<-stream.hang
		resp.Body.Close()
		if err := <-stream.cancel; !errors.Is(err, invocation.ErrDisconnected) {
			t.Errorf("cancelled with %v", err)
		}
		<-aborted
	})
}
