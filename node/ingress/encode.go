package ingress

import (
	"io"
	"net/http"
	"strings"

	"github.com/klauspost/compress/gzip"
)

// encoder compresses a response's body on its way: a Worker that sets Content-Encoding on plain bytes wants it done for it
// (https://developers.cloudflare.com/workers/runtime-apis/response/, encodeBody).
type encoder struct {
	gz *gzip.Writer
	w  io.Writer
}

func (e *encoder) Write(p []byte) (int, error) {
	if e.gz != nil {
		return e.gz.Write(p)
	}
	return e.w.Write(p)
}

// flush brings what was written so far to w.
func (e *encoder) flush() error {
	if e.gz != nil {
		return e.gz.Flush()
	}
	return nil
}

// close ends the encoding.
func (e *encoder) close() error {
	if e.gz != nil {
		return e.gz.Close()
	}
	return nil
}

// encoding makes the headers say what the body will be, and gives the way there. Gzip is done where the client takes it. Of any other
// encoding, or for a client that doesn't take it, the plain bytes are sent.
func (x *exchange) encoding(h http.Header) encoder {
	e := encoder{w: x.w}
	named := h["Content-Encoding"]
	if len(named) == 0 || x.response.ManualBody || x.response.Body == nil {
		return e
	}
	delete(h, "Content-Length") // of the plain bytes, if anything
	if len(named) == 1 && strings.EqualFold(named[0], "gzip") && accepts(x.r, "gzip") {
		if x.r.Method != http.MethodHead {
			e.gz = gzip.NewWriter(x.w)
		}
		return e
	}
	delete(h, "Content-Encoding")
	return e
}

// accepts reports whether the client takes an encoding (RFC 9110, section 12.5.3).
func accepts(r *http.Request, encoding string) bool {
	for _, line := range r.Header["Accept-Encoding"] {
		for item := range strings.SplitSeq(line, ",") {
			name, weight, _ := strings.Cut(item, ";")
			name = strings.TrimSpace(name)
			if !strings.EqualFold(name, encoding) && name != "*" {
				continue
			}
			switch strings.ReplaceAll(strings.TrimSpace(weight), " ", "") {
			case "q=0", "q=0.0", "q=0.00", "q=0.000":
				return false
			}
			return true
		}
	}
	return false
}
