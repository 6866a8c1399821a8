package outbound

import (
	"bufio"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"context"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/bindery/bindery/runtime/body"
)

// outgoing is the body of a request: whole, and then sent as often as it takes, or a stream, sent once.
type outgoing struct {
	whole  []byte
	stream body.Stream
	size   int64
	none   bool
}

func newOutgoing(b *body.Body) *outgoing {
	if b == nil {
		return &outgoing{none: true}
	}
	if whole, ok := b.Whole(); ok {
		return &outgoing{whole: whole, size: int64(len(whole))}
	}
	return &outgoing{stream: b.Stream(), size: b.Size()}
}

func (o *outgoing) discard(why error) {
	if o.stream != nil {
		o.stream.Cancel(why)
	}
}

// attach makes it the body of req.
func (o *outgoing) attach(ctx context.Context, req *http.Request) {
	switch {
	case o.none:
	case o.stream != nil:
		req.Body, req.ContentLength = body.NewReader(ctx, o.stream), o.size
	case len(o.whole) == 0: // net/http takes an unknown length for a body of length 0
		req.Body = http.NoBody
	default:
		req.ContentLength = o.size
		req.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(o.whole)), nil }
		req.Body, _ = req.GetBody()
	}
}

// incoming is the body of a response, decompressed; nil for none (https://fetch.spec.whatwg.org/#null-body-status). Where it decompresses
// it takes the headers away that are true no more, so that the response can be passed on.
func incoming(method string, p *http.Response) *body.Body {
	switch {
	case method == http.MethodHead, p.StatusCode == http.StatusNoContent, p.StatusCode == http.StatusResetContent, p.StatusCode == http.StatusNotModified:
		_ = p.Body.Close()
		return nil
	case p.ContentLength == 0:
		_ = p.Body.Close()
		return body.Bytes([]byte{})
	}
	var codings []string
	for _, v := range p.Header["Content-Encoding"] {
		for coding := range strings.SplitSeq(v, ",") {
			if coding = strings.ToLower(strings.TrimSpace(coding)); coding != "" && coding != "identity" {
				codings = append(codings, coding)
			}
		}
	}
	known := !slices.ContainsFunc(codings, func(c string) bool { return c != "gzip" && c != "x-gzip" && c != "deflate" })
	if len(codings) == 0 || !known || len(codings) > 4 { // what is left alone is described by its headers
		return body.Live(body.FromReader(p.Body), p.ContentLength)
	}
	delete(p.Header, "Content-Encoding")
	delete(p.Header, "Content-Length")
	slices.Reverse(codings)
	return body.Live(body.FromReader(&decompressor{src: p.Body, codings: codings}), -1)
}

// decompressor undoes content codings; each is begun at the first read, as that waits for data.
type decompressor struct {
	src     io.ReadCloser
	codings []string // in the order they are undone
	r       io.Reader
	once    sync.Once
	err     error
}

func (d *decompressor) Read(p []byte) (int, error) {
	d.once.Do(d.begin)
	if d.err != nil {
		return 0, d.err
	}
	return d.r.Read(p)
}

// begin opens the codings. An empty body is an empty one in any coding.
func (d *decompressor) begin() {
	d.r = d.src
	for _, coding := range d.codings {
		in := bufio.NewReader(d.r)
		head, err := in.Peek(2)
		if len(head) == 0 {
			d.err = err
			return
		}
		if coding == "deflate" {
			d.r, d.err = inflate(in, head)
		} else {
			d.r, d.err = gzip.NewReader(in)
		}
		if d.err != nil {
			return
		}
	}
}

// inflate reads "deflate", which should be zlib's format and is often the bare one.
func inflate(in *bufio.Reader, head []byte) (io.Reader, error) {
	if len(head) == 2 && head[0]&0x0F == 8 && (uint16(head[0])<<8|uint16(head[1]))%31 == 0 {
		return zlib.NewReader(in)
	}
	return flate.NewReader(in), nil
}

// Close ends a Read under way.
func (d *decompressor) Close() error { return d.src.Close() }
