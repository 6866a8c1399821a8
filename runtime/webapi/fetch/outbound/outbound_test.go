package outbound_test

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/bindery/bindery/runtime/body"
	"github.com/bindery/bindery/runtime/webapi/fetch"
	"github.com/bindery/bindery/runtime/webapi/fetch/outbound"
	"github.com/bindery/bindery/runtime/webapi/headers"
)

func serve(t *testing.T, handler http.HandlerFunc) *httptest.Server {
	s := httptest.NewServer(handler)
	t.Cleanup(s.Close)
	return s
}

func client(t *testing.T) *outbound.Client {
	c := outbound.New(outbound.Options{AllowPrivateNetwork: true})
	t.Cleanup(c.Close)
	return c
}

func request(method, url string, pairs ...string) *fetch.RequestData {
	l := headers.New()
	for i := 0; i < len(pairs); i += 2 {
		l.Append(pairs[i], pairs[i+1])
	}
	return &fetch.RequestData{Method: method, URL: url, Headers: l.Freeze()}
}

func read(t *testing.T, b *body.Body) string {
	t.Helper()
	if b == nil {
		return "<none>"
	}
	data, err := io.ReadAll(body.NewReader(t.Context(), b.Stream()))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// echo answers with what it was asked.
func echo(w http.ResponseWriter, q *http.Request) {
	data, _ := io.ReadAll(q.Body)
	q.Header.Del("Accept-Encoding")
	q.Header.Del("Content-Length")
	w.Header().Add("X-A", "1")
	w.Header().Add("X-A", "2")
	fmt.Fprintf(w, "%s %s host=%t length=%d encoding=%v %v %s", q.Method, q.RequestURI, strings.HasPrefix(q.Host, "127.0.0.1"), q.ContentLength, q.TransferEncoding, q.Header, data)
}

func TestFetch(t *testing.T) {
	s, c := serve(t, echo), client(t)
	with := func(q *fetch.RequestData, b *body.Body) *fetch.RequestData { q.Body = b; return q }
	for _, k := range []struct {
		name string
		q    *fetch.RequestData
		want string
	}{
		{"get", request("GET", s.URL+"/a?b=c#d", "x-odd", "1"), "GET /a?b=c host=true length=0 encoding=[] map[X-Odd:[1]] "},
		{"raw path", request("GET", s.URL+"/a|b%2Fc'?q|=%zz"), "GET /a|b%2Fc'?q|=%zz host=true length=0 encoding=[] map[] "},
		{"two slashes", request("GET", s.URL+"//a%2Fb"), "GET //a%2Fb host=true length=0 encoding=[] map[] "},
		{"empty query", request("GET", s.URL+"/a?"), "GET /a? host=true length=0 encoding=[] map[] "},
		{"whole body", with(request("POST", s.URL+"/"), body.Bytes([]byte("hi"))), "POST / host=true length=2 encoding=[] map[] hi"},
		{"empty body", with(request("POST", s.URL+"/"), body.Bytes(nil)), "POST / host=true length=0 encoding=[] map[] "},
		{"live body", with(request("PUT", s.URL+"/"), body.Live(body.Bytes([]byte("hi")).Stream(), -1)), "PUT / host=true length=-1 encoding=[chunked] map[] hi"},
		{"live body of known length", with(request("PUT", s.URL+"/"), body.Live(body.Bytes([]byte("hi")).Stream(), 2)), "PUT / host=true length=2 encoding=[] map[] hi"},
		{"headers of a connection", request("GET", s.URL+"/", "host", "evil", "connection", "x-gone", "x-gone", "1", "content-length", "7", "upgrade", "h2c", "te", "trailers", "keep-alive", "1"), "GET / host=true length=0 encoding=[] map[] "},
		{"cache", func() *fetch.RequestData { q := request("GET", s.URL+"/"); q.Cache = "no-cache"; return q }(), "GET / host=true length=0 encoding=[] map[Cache-Control:[no-cache] Pragma:[no-cache]] "},
	} {
		t.Run(k.name, func(t *testing.T) {
			p, err := c.Fetch(t.Context(), k.q)
			if err != nil {
				t.Fatal(err)
			}
			if got := read(t, p.Body); got != k.want {
				t.Errorf("got  %q\nwant %q", got, k.want)
			}
			a, _ := p.Headers.Get("x-a")
			url, _, _ := strings.Cut(k.q.URL, "#")
			if p.Status != 200 || p.StatusText != "OK" || a != "1, 2" || p.URL != url || p.Redirected {
				t.Errorf("got %+v", p)
			}
		})
	}
}

func TestResponsesWithoutBody(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, q *http.Request) {
		status, _ := strconv.Atoi(q.URL.Path[1:])
		w.WriteHeader(status)
	})
	for _, k := range []struct{ method, path, want string }{{"GET", "/204", "<none>"}, {"GET", "/304", "<none>"}, {"HEAD", "/200", "<none>"}, {"GET", "/200", ""}} {
		p, err := client(t).Fetch(t.Context(), request(k.method, s.URL+k.path))
		if err != nil {
			t.Fatal(err)
		}
		if got := read(t, p.Body); got != k.want {
			t.Errorf("%s %s: got %q", k.method, k.path, got)
		}
	}
}

func TestDecompression(t *testing.T) {
	compress := func(coding, text string) []byte {
		var b bytes.Buffer
		var w io.WriteCloser
		switch coding {
		case "gzip":
			w = gzip.NewWriter(&b)
		case "deflate":
			w = zlib.NewWriter(&b)
		default:
			w, _ = flate.NewWriter(&b, 9)
		}
		_, _ = w.Write([]byte(text))
		_ = w.Close()
		return b.Bytes()
	}
	text := strings.Repeat("hello ", 100)
	bodies := map[string]struct {
		coding string
		data   []byte
		want   string
		kept   bool
	}{
		"gzip":         {"gzip", compress("gzip", text), text, false},
		"x-gzip":       {"X-GZIP", compress("gzip", text), text, false},
		"zlib":         {"deflate", compress("deflate", text), text, false},
		"bare deflate": {"deflate", compress("", text), text, false},
		"twice":        {"deflate, gzip", compress("gzip", string(compress("deflate", text))), text, false},
		"identity":     {"identity", []byte(text), text, true},
		"unknown":      {"br", []byte("\x01\x02"), "\x01\x02", true},
		"empty":        {"gzip", nil, "", true},
	}
	s := serve(t, func(w http.ResponseWriter, q *http.Request) {
		if got := q.Header.Get("Accept-Encoding"); got != "gzip, deflate" {
			t.Errorf("accepts %q", got)
		}
		b := bodies[q.URL.Query().Get("name")]
		w.Header().Set("Content-Encoding", b.coding)
		w.Header().Set("Content-Length", strconv.Itoa(len(b.data)))
		_, _ = w.Write(b.data)
	})
	for name, b := range bodies {
		t.Run(name, func(t *testing.T) {
			p, err := client(t).Fetch(t.Context(), request("GET", s.URL+"/?name="+strings.ReplaceAll(name, " ", "%20")))
			if err != nil {
				t.Fatal(err)
			}
			if got := read(t, p.Body); got != b.want {
				t.Errorf("got %q", got)
			}
			if p.Headers.Has("content-encoding") != b.kept || p.Headers.Has("content-length") != b.kept {
				t.Errorf("headers %v", p.Headers.HTTP())
			}
		})
	}
}

func TestRedirects(t *testing.T) {
	other := serve(t, echo)
	s := serve(t, func(w http.ResponseWriter, q *http.Request) {
		switch status, _ := strconv.Atoi(strings.Trim(q.URL.Path, "/")); {
		case q.URL.Path == "/loop":
			w.Header().Set("Location", "/loop")
			w.WriteHeader(http.StatusFound)
		case status >= 300:
			to := q.URL.Query().Get("to")
			if to == "other" {
				to = other.URL + "/x"
			}
			w.Header().Set("Location", to)
			w.WriteHeader(status)
		default:
			echo(w, q)
		}
	})
	post := func(url string, b *body.Body) *fetch.RequestData {
		q := request("POST", url, "authorization", "secret", "cookie", "c", "content-type", "t/x", "x-kept", "1")
		q.Body = b
		return q
	}
	whole := func() *body.Body { return body.Bytes([]byte("hi")) }
	live := func() *body.Body { return body.Live(whole().Stream(), -1) }
	mode := func(q *fetch.RequestData, m fetch.RedirectMode) *fetch.RequestData { q.Redirect = m; return q }
	for _, k := range []struct {
		name string
		q    *fetch.RequestData
		want string
	}{
		{"301 makes POST a GET", post(s.URL+"/301?to=/x", whole()), "GET /x host=true length=0 encoding=[] map[Authorization:[secret] Cookie:[c] X-Kept:[1]] "},
		{"302 too, a stream as well", post(s.URL+"/302?to=/x", live()), "GET /x host=true length=0 encoding=[] map[Authorization:[secret] Cookie:[c] X-Kept:[1]] "},
		{"303 makes any a GET", func() *fetch.RequestData { q := post(s.URL+"/303?to=/x", whole()); q.Method = "PUT"; return q }(), "GET /x host=true length=0 encoding=[] map[Authorization:[secret] Cookie:[c] X-Kept:[1]] "},
		{"302 keeps PUT", func() *fetch.RequestData { q := post(s.URL+"/302?to=/x", whole()); q.Method = "PUT"; return q }(), "PUT /x host=true length=2 encoding=[] map[Authorization:[secret] Content-Type:[t/x] Cookie:[c] X-Kept:[1]] hi"},
		{"307 sends the body again", post(s.URL+"/307?to=/x", whole()), "POST /x host=true length=2 encoding=[] map[Authorization:[secret] Content-Type:[t/x] Cookie:[c] X-Kept:[1]] hi"},
		{"308 can't send a stream again", post(s.URL+"/308?to=/x", live()), "error: the request's body is a stream, which can't be sent twice"},
		{"secrets stay with their origin", post(s.URL+"/307?to=other", whole()), "POST /x host=true length=2 encoding=[] map[Content-Type:[t/x] X-Kept:[1]] hi"},
		{"chain", request("GET", s.URL+"/302?to=/307?to=/x"), "GET /x host=true length=0 encoding=[] map[] "},
		{"relative", request("GET", s.URL+"/302?to=../x%3Fa"), "GET /x?a host=true length=0 encoding=[] map[] "},
		{"loop", request("GET", s.URL+"/loop"), "error: too many redirects (more than 20)"},
		{"manual", mode(request("GET", s.URL+"/302?to=/x"), fetch.RedirectManual), ""},
		{"error", mode(request("GET", s.URL+"/302?to=/x"), fetch.RedirectError), `error: the response is a redirect, and the request's redirect mode is "error"`},
		{"to another scheme", request("GET", s.URL+"/302?to=file:///etc/passwd"), `error: the scheme "file:" can't be fetched`},
		{"to nonsense", request("GET", s.URL+"/302?to=http://[::x"), `error: redirect to "http://[::x"`},
	} {
		t.Run(k.name, func(t *testing.T) {
			p, err := client(t).Fetch(t.Context(), k.q)
			if message, ok := strings.CutPrefix(k.want, "error: "); ok {
				if err == nil || !strings.Contains(err.Error(), message) {
					t.Errorf("got %v, want %s", err, message)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := read(t, p.Body); got != k.want {
				t.Errorf("got  %q\nwant %q", got, k.want)
			}
			if p.Redirected != (k.q.Redirect == fetch.RedirectFollow) || p.Redirected == (p.Status == 302) {
				t.Errorf("got %+v", p)
			}
		})
	}
}

func TestPrivateAddressesAreRefused(t *testing.T) {
	var hits atomic.Int32
	s := serve(t, func(http.ResponseWriter, *http.Request) { hits.Add(1) })
	_, port, _ := strings.Cut(strings.TrimPrefix(s.URL, "http://"), ":")
	c := outbound.New(outbound.Options{Setting: "dev.allow_private"})
	defer c.Close()
	for _, host := range []string{"127.0.0.1", "localhost", "[::1]", "0x7f.1", "2130706433", "[::ffff:127.0.0.1]", "0.0.0.0"} {
		_, err := c.Fetch(t.Context(), request("GET", "http://"+host+":"+port+"/"))
		var refused *outbound.RefusedError
		if !errors.As(err, &refused) || !strings.Contains(err.Error(), "set dev.allow_private") {
			t.Errorf("%s: got %v", host, err)
		}
	}
	if hits.Load() != 0 {
		t.Error("the server was reached")
	}
}

// A redirect must not lead where the request itself could not go: the chain begins at a server that a Client may reach only because the
// rule lets this test's own first address through.
func TestRedirectToPrivateAddressIsRefused(t *testing.T) {
	var hits atomic.Int32
	inner := serve(t, func(http.ResponseWriter, *http.Request) { hits.Add(1) })
	outer := serve(t, func(w http.ResponseWriter, q *http.Request) {
		w.Header().Set("Location", inner.URL)
		w.WriteHeader(http.StatusFound)
	})
	c := outbound.New(outbound.Options{})
	defer c.Close()
	outbound.Except(c, netip.MustParseAddrPort(strings.TrimPrefix(outer.URL, "http://")))
	_, err := c.Fetch(t.Context(), request("GET", outer.URL))
	var refused *outbound.RefusedError
	if !errors.As(err, &refused) || refused.Kind != "loopback" || refused.Setting != outbound.DefaultSetting {
		t.Errorf("got %v", err)
	}
	if hits.Load() != 0 {
		t.Error("the server was reached")
	}
}

func TestKindsOfAddresses(t *testing.T) {
	for address, want := range map[string]string{
		"8.8.8.8": "", "1.1.1.1": "", "2606:4700::1111": "", "172.32.0.1": "", "100.128.0.1": "", "64:ff9b::808:808": "", "2002:808:808::1": "", "::ffff:8.8.8.8": "",
		"127.0.0.1": "loopback", "127.255.255.254": "loopback", "::1": "loopback", "::ffff:127.0.0.1": "loopback", "10.1.2.3": "private", "172.16.0.1": "private",
		"172.31.255.255": "private", "192.168.1.1": "private", "169.254.169.254": "link-local", "fe80::1%eth0": "link-local", "fd00::1": "private", "fc00::1": "private",
		"100.64.0.1": "carrier-grade NAT", "224.0.0.1": "multicast", "ff02::1": "multicast", "0.0.0.0": "unspecified", "::": "unspecified", "0.1.2.3": "unspecified",
		"255.255.255.255": "reserved", "240.0.0.1": "reserved", "198.18.0.1": "reserved", "203.0.113.9": "reserved", "2001:db8::1": "reserved", "2001::1": "reserved",
		"64:ff9b::7f00:1": "loopback", "64:ff9b::a9fe:a9fe": "link-local", "64:ff9b:1::1": "private", "2002:7f00:1::": "loopback", "2002:c0a8:101::1": "private",
		"::7f00:1": "loopback", "::ffff:0:7f00:1": "loopback", "fec0::1": "private",
	} {
		if got := outbound.NotPublic(netip.MustParseAddr(address)); got != want {
			t.Errorf("%s: got %q, want %q", address, got, want)
		}
	}
}

func TestRefusalsAreEnglish(t *testing.T) {
	for kind, want := range map[string]string{"unspecified": "::1 is an unspecified address,", "private": "::1 is a private address,"} {
		if got := (&outbound.RefusedError{Address: netip.IPv6Loopback(), Kind: kind, Setting: "s"}).Error(); !strings.HasPrefix(got, want) {
			t.Errorf("got %s", got)
		}
	}
}

func TestProxiesOfTheEnvironmentAreNotUsed(t *testing.T) {
	proxy := serve(t, func(http.ResponseWriter, *http.Request) { t.Error("the proxy was asked") })
	t.Setenv("HTTP_PROXY", proxy.URL)
	t.Setenv("http_proxy", proxy.URL)
	s := serve(t, echo)
	if _, err := client(t).Fetch(t.Context(), request("GET", s.URL)); err != nil {
		t.Fatal(err)
	}
}

func TestStreamsBothWays(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, q *http.Request) {
		rc := http.NewResponseController(w)
		_ = rc.EnableFullDuplex()
		buf := make([]byte, 1)
		for {
			if _, err := io.ReadFull(q.Body, buf); err != nil {
				return
			}
			_, _ = w.Write(bytes.ToUpper(buf))
			_ = rc.Flush()
		}
	})
	pr, pw := io.Pipe()
	q := request("POST", s.URL)
	q.Body = body.Live(body.FromReader(pr), -1)
	go func() { _, _ = pw.Write([]byte("a")) }()
	p, err := client(t).Fetch(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	in := body.NewReader(t.Context(), p.Body.Stream())
	buf := make([]byte, 1)
	for _, c := range "abc" {
		if c != 'a' {
			_, _ = pw.Write([]byte(string(c)))
		}
		if _, err := io.ReadFull(in, buf); err != nil || string(buf) != strings.ToUpper(string(c)) {
			t.Fatalf("got %q, %v", buf, err)
		}
	}
	_ = pw.Close()
	if _, err := in.Read(buf); err != io.EOF {
		t.Errorf("got %v", err)
	}
}

func TestAbort(t *testing.T) {
	left := make(chan struct{}, 2)
	s := serve(t, func(w http.ResponseWriter, q *http.Request) {
		if q.URL.Path == "/body" {
			_, _ = w.Write([]byte("x"))
			_ = http.NewResponseController(w).Flush()
		}
		<-q.Context().Done()
		left <- struct{}{}
	})
	t.Run("before the head", func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		done := make(chan error)
		go func() { _, err := client(t).Fetch(ctx, request("GET", s.URL+"/")); done <- err }()
		why := errors.New("enough")
		cancel(why)
		if err := <-done; !errors.Is(err, why) && !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("by cancelling the body", func(t *testing.T) {
		p, err := client(t).Fetch(t.Context(), request("GET", s.URL+"/body"))
		if err != nil {
			t.Fatal(err)
		}
		p.Body.Stream().Cancel(errors.New("enough"))
		<-left
	})
}

func TestRefusedRequests(t *testing.T) {
	c := client(t)
	for url, want := range map[string]string{
		"ftp://x/":  `fetch GET ftp://x/: the scheme "ftp:" can't be fetched`,
		"nonsense":  "fetch GET nonsense: ",
		"http://x:": "fetch GET http://x/: WebSockets are not supported by this runtime",
	} {
		q := request("GET", url)
		if strings.HasSuffix(url, ":") {
			q = request("GET", "http://x/", "Upgrade", "WebSocket")
		}
		if _, err := c.Fetch(t.Context(), q); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: got %v", url, err)
		}
	}
}
