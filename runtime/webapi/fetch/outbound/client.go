package outbound

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/bindery/bindery/runtime/webapi/fetch"
	"github.com/bindery/bindery/runtime/webapi/headers"
	"github.com/bindery/bindery/runtime/webapi/url/whatwgurl"
)

// DefaultSetting is how messages name the setting that opens private networks, unless Options say otherwise.
const DefaultSetting = "allow_private_network"

// Options of New. The zero value reaches the public Internet only.
type Options struct {
	AllowPrivateNetwork bool   // lets Workers reach loopback, private and other special addresses
	Setting             string // what the user calls that setting: named in errors; DefaultSetting if empty
}

// Client is a fetch.Outbound. Safe from any goroutine.
type Client struct {
	transport *http.Transport
	setting   string
}

var _ fetch.Outbound = (*Client)(nil)

// New makes a Client with connections of its own.
func New(o Options) *Client {
	c := &Client{setting: o.Setting}
	if c.setting == "" {
		c.setting = DefaultSetting
	}
	dialer := &net.Dialer{Timeout: 30 * time.Second, KeepAlive: 30 * time.Second}
	if !o.AllowPrivateNetwork {
		dialer.ControlContext = c.control
	}
	c.transport = &http.Transport{
		Proxy:                  nil, // none of the environment: it would reach what must not be reached
		DialContext:            dialer.DialContext,
		ForceAttemptHTTP2:      true,
		DisableCompression:     true, // done here, for deflate too
		MaxIdleConns:           256,
		MaxIdleConnsPerHost:    32,
		IdleConnTimeout:        90 * time.Second,
		TLSHandshakeTimeout:    10 * time.Second,
		ExpectContinueTimeout:  time.Second,
		MaxResponseHeaderBytes: 256 << 10,
	}
	return c
}

// Close closes idle connections. Requests under way go on.
func (c *Client) Close() { c.transport.CloseIdleConnections() }

// maxRedirects is https://fetch.spec.whatwg.org/#http-redirect-fetch, step 7.
const maxRedirects = 20

// Fetch implements fetch.Outbound. Errors name method and URL; a *RefusedError is among their causes where an address was refused.
func (c *Client) Fetch(ctx context.Context, req *fetch.RequestData) (*fetch.ResponseData, error) {
	h, err := newHop(req)
	if err != nil {
		return nil, fail(req.Method, req.URL, err)
	}
	for n := 0; ; n++ {
		response, err := c.roundTrip(ctx, h)
		if err != nil {
			return nil, fail(h.method, h.url.Href(), err)
		}
		if response.StatusCode < 200 {
			_ = response.Body.Close()
			err := fmt.Errorf("the server switched protocols (%s), which was not asked for", response.Status)
			h.discard(err)
			return nil, fail(h.method, h.url.Href(), err)
		}
		location := response.Header.Get("Location")
		if location == "" || !isRedirect(response.StatusCode) || req.Redirect == fetch.RedirectManual {
			return h.response(response, n > 0), nil
		}
		_, _ = io.CopyN(io.Discard, response.Body, 2<<10) // so that the connection can be used again
		_ = response.Body.Close()
		from := h.url.Href()
		switch {
		case req.Redirect == fetch.RedirectError:
			err = errors.New("it redirects, and the request's redirect mode is \"error\"")
		case n == maxRedirects:
			err = fmt.Errorf("too many redirects (more than %d)", maxRedirects)
		default:
			err = h.follow(response.StatusCode, location)
		}
		if err != nil {
			h.discard(err)
			return nil, fail(h.method, from, err)
		}
	}
}

func fail(method, url string, err error) error {
	url, _, _ = strings.Cut(url, "#")
	return fmt.Errorf("fetch %s %s: %w", method, url, err)
}

func isRedirect(status int) bool {
	switch status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return true
	}
	return false
}

// hop is one request of a chain of redirects.
type hop struct {
	method  string
	url     *whatwgurl.URL
	headers *headers.List
	cache   string
	body    *outgoing
}

func newHop(req *fetch.RequestData) (*hop, error) {
	h := &hop{method: req.Method, headers: req.Headers, cache: req.Cache, body: newOutgoing(req.Body)}
	u, err := whatwgurl.Parse(req.URL, nil)
	if err != nil {
		return nil, err
	}
	h.url = u
	if err := h.check(); err != nil {
		h.discard(err)
		return nil, err
	}
	return h, nil
}

func (h *hop) check() error {
	if s := h.url.Protocol(); s != "http:" && s != "https:" {
		return fmt.Errorf("the scheme %q can't be fetched; http and https can", s)
	}
	if v, ok := h.headers.Get("upgrade"); ok && strings.EqualFold(v, "websocket") {
		return errors.New("WebSockets are not supported by this runtime")
	}
	return nil
}

// discard lets go of a body that nobody will read.
func (h *hop) discard(why error) { h.body.discard(why) }

// follow turns h into the request that a redirect asks for.
func (h *hop) follow(status int, location string) error {
	to, err := whatwgurl.Parse(location, h.url)
	if err != nil {
		return fmt.Errorf("redirect to %q: %w", location, err)
	}
	if _, hash, ok := strings.Cut(h.url.Href(), "#"); ok && to.Hash() == "" {
		to.SetHash(hash)
	}
	from := h.url
	h.url = to
	if err := h.check(); err != nil {
		return fmt.Errorf("redirect to %s: %w", to.Href(), err)
	}
	get := (status == http.StatusMovedPermanently || status == http.StatusFound) && h.method == http.MethodPost ||
		status == http.StatusSeeOther && h.method != http.MethodGet && h.method != http.MethodHead
	if get {
		h.discard(errors.New("a redirect made the request a GET"))
		h.method, h.body = http.MethodGet, newOutgoing(nil)
		h.drop("content-encoding", "content-language", "content-location", "content-type", "content-length")
	} else if h.body.live() {
		return fmt.Errorf("redirect %d to %s: the request's body is a stream, which can't be sent twice", status, to.Href())
	}
	if from.Origin() != to.Origin() {
		h.drop("authorization", "proxy-authorization", "cookie")
	}
	return nil
}

func (h *hop) drop(names ...string) {
	for _, name := range names {
		if h.headers.Has(name) {
			h.headers = h.headers.Clone()
			h.headers.Delete(name)
		}
	}
}

// perConnection are the headers that belong to a connection and not to a message.
var perConnection = []string{
	"Connection", "Http2-Settings", "Keep-Alive", "Proxy-Connection", "Te", "Trailer", "Transfer-Encoding", "Upgrade",
}

func (c *Client) roundTrip(ctx context.Context, h *hop) (*http.Response, error) {
	header := h.headers.HTTP()
	for _, connection := range header["Connection"] {
		for name := range strings.SplitSeq(connection, ",") {
			header.Del(strings.TrimSpace(name))
		}
	}
	for _, name := range perConnection {
		delete(header, name)
	}
	delete(header, "Host") // as the URL says; the length is the body's
	delete(header, "Content-Length")
	if _, ok := header["User-Agent"]; !ok {
		header["User-Agent"] = []string{""} // net/http would put its own
	}
	if _, ok := header["Accept-Encoding"]; !ok {
		header["Accept-Encoding"] = []string{"gzip, deflate"}
	}
	if h.cache != "" { // https://fetch.spec.whatwg.org/#http-network-or-cache-fetch, step 17
		if _, ok := header["Cache-Control"]; !ok {
			header["Cache-Control"] = []string{"no-cache"}
		}
		if _, ok := header["Pragma"]; !ok && h.cache != "no-store" {
			header["Pragma"] = []string{"no-cache"}
		}
	}
	req := (&http.Request{
		Method: h.method, URL: target(h.url), Host: h.url.Host(), Header: header, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}).WithContext(ctx)
	h.body.attach(ctx, req)
	return c.transport.RoundTrip(req)
}

// target makes a URL of net/url that goes onto the wire as the URL record says, without another round of parsing and escaping.
func target(u *whatwgurl.URL) *url.URL {
	t := &url.URL{Scheme: strings.TrimSuffix(u.Protocol(), ":"), Host: u.Host()}
	path := u.Pathname()
	if strings.HasPrefix(path, "//") { // as Opaque this would be taken for a host
		t.Path, t.RawPath = whatwgurl.PercentDecode(path), path
	} else {
		t.Opaque = path
	}
	before, _, _ := strings.Cut(u.Href(), "#")
	_, t.RawQuery, t.ForceQuery = strings.Cut(before, "?")
	return t
}

// response makes a ResponseData of what net/http got.
func (h *hop) response(p *http.Response, redirected bool) *fetch.ResponseData {
	url, _, _ := strings.Cut(h.url.Href(), "#")
	d := &fetch.ResponseData{
		Status: p.StatusCode, StatusText: strings.TrimPrefix(strings.TrimPrefix(p.Status, strconv.Itoa(p.StatusCode)), " "),
		URL: url, Redirected: redirected,
	}
	d.Body = incoming(h.method, p) // may drop headers
	for _, name := range perConnection {
		delete(p.Header, name)
	}
	d.Headers = headers.FromHTTP(p.Header)
	return d
}
