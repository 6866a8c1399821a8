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

// Fetch implements fetch.Outbound. Errors name method and URL; a *RefusedError is among their causes where an address was refused.
func (c *Client) Fetch(ctx context.Context, req *fetch.RequestData) (*fetch.ResponseData, error) {
	h := &hop{request: req, body: newOutgoing(req.Body)}
	if err := h.begin(); err != nil {
		h.discard(err)
		return nil, fail(req, err)
	}
	for n := 0; ; n++ {
		response, err := c.roundTrip(ctx, h)
		if err != nil {
			return nil, fail(h.request, err)
		}
		if response.StatusCode < 200 {
			_ = response.Body.Close()
			err := fmt.Errorf("the server switched protocols (%s), which was not asked for", response.Status)
			h.discard(err)
			return nil, fail(h.request, err)
		}
		from := h.request
		next, err := fetch.Redirected(from, response.StatusCode, response.Header.Get("Location"), n)
		if next == nil && err == nil {
			return h.response(response, n > 0), nil
		}
		_, _ = io.CopyN(io.Discard, response.Body, 2<<10) // so that the connection can be used again
		_ = response.Body.Close()
		if err == nil {
			err = h.follow(next)
		}
		if err != nil {
			h.discard(err)
			return nil, fail(from, err)
		}
	}
}

func fail(q *fetch.RequestData, err error) error {
	url, _, _ := strings.Cut(q.URL, "#")
	return fmt.Errorf("fetch %s %s: %w", q.Method, url, err)
}

// hop is one request of a chain of redirects.
type hop struct {
	request *fetch.RequestData // but for its body
	url     *whatwgurl.URL     // the request's
	body    *outgoing
}

// begin looks at a request that was not sent yet.
func (h *hop) begin() error {
	u, err := whatwgurl.Parse(h.request.URL, nil)
	if err != nil {
		return err
	}
	h.url = u
	if s := u.Protocol(); s != "http:" && s != "https:" {
		return fmt.Errorf("the scheme %q can't be fetched; http and https can", s)
	}
	if v, ok := h.request.Headers.Get("upgrade"); ok && strings.EqualFold(v, "websocket") {
		return errors.New("WebSockets are not supported by this runtime")
	}
	return nil
}

// discard lets go of a body that nobody will read.
func (h *hop) discard(why error) { h.body.discard(why) }

// follow turns h into the request that a redirect asks for.
func (h *hop) follow(next *fetch.RequestData) error {
	if next.Body == nil {
		h.discard(errors.New("a redirect made the request a GET"))
		h.body = newOutgoing(nil)
	}
	h.request = next
	return h.begin()
}

// perConnection are the headers that belong to a connection and not to a message.
var perConnection = []string{
	"Connection", "Http2-Settings", "Keep-Alive", "Proxy-Connection", "Te", "Trailer", "Transfer-Encoding", "Upgrade",
}

func (c *Client) roundTrip(ctx context.Context, h *hop) (*http.Response, error) {
	header := h.request.Headers.HTTP()
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
	if cache := h.request.Cache; cache != "" { // https://fetch.spec.whatwg.org/#http-network-or-cache-fetch, step 17
		if _, ok := header["Cache-Control"]; !ok {
			header["Cache-Control"] = []string{"no-cache"}
		}
		if _, ok := header["Pragma"]; !ok && cache != "no-store" {
			header["Pragma"] = []string{"no-cache"}
		}
	}
	req := (&http.Request{
		Method: h.request.Method, URL: target(h.url), Host: h.url.Host(), Header: header, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
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
	d.Body = incoming(h.request.Method, p) // may drop headers
	for _, name := range perConnection {
		delete(p.Header, name)
	}
	d.Headers = headers.FromHTTP(p.Header)
	return d
}
