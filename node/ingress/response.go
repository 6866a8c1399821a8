package ingress

import (
	"io"
	"net/http"
	"strconv"
	"sync/atomic"

	"github.com/bindery/bindery/runtime/body"
	"github.com/bindery/bindery/runtime/invocation"
)

// wholeBody is up to which size the chunks of a whole body are joined for one write.
const wholeBody = 64 << 10

// countedByServer is up to which size net/http finds the length of a body that is written at once by itself, without a header's
// allocations.
const countedByServer = 1 << 10

// respond writes the Worker's answer.
func (x *exchange) respond() {
	if x.err != nil {
		x.fail(x.err)
		return
	}
	d := x.response
	if d.Error || d.Status < 200 || d.Status > 599 {
		x.drop()
		x.refuse(http.StatusBadGateway, badAnswer(d.Error, d.Status))
		return
	}
	h := x.w.Header()
	d.Headers.AddTo(h)
	for _, name := range hopByHop {
		delete(h, name)
	}
	delete(h, "Upgrade")
	if _, ok := h["Content-Type"]; !ok {
		h["Content-Type"] = nil // net/http would guess one
	}
	e := x.encoding(h)
	bodiless := d.Status == http.StatusNoContent || d.Status == http.StatusNotModified
	x.setLength(h, bodiless)
	x.entry.Status = d.Status
	x.w.WriteHeader(d.Status)
	switch {
	case d.Body == nil:
	case bodiless || x.r.Method == http.MethodHead:
		x.drop()
	case e.gz == nil && !d.Body.IsLive() && d.Body.Size() <= wholeBody:
		whole, _ := d.Body.Whole()
		n, err := x.w.Write(whole)
		x.entry.Bytes = int64(n)
		if err != nil {
			x.disconnected()
		}
	default:
		x.stream(d.Body.Stream(), &e)
	}
}

func badAnswer(failed bool, status int) string {
	if failed || status == 0 {
		return "The Worker answered with Response.error(): there is nothing to send."
	}
	return "The Worker answered with status " + strconv.Itoa(status) + ", which can't be sent: there are no WebSockets here."
}

// setLength makes Content-Length that of the body, or leaves it to net/http. In answer to HEAD a Worker without a body may say what a
// GET would have.
func (x *exchange) setLength(h http.Header, bodiless bool) {
	size := x.response.Body.Size()
	switch {
	case x.response.Body == nil && x.r.Method == http.MethodHead:
	case bodiless, size < 0, x.response.Body != nil && !x.response.ManualBody && h["Content-Encoding"] != nil:
		delete(h, "Content-Length")
	case size <= countedByServer && x.r.Method != http.MethodHead && !x.response.Body.IsLive():
		delete(h, "Content-Length")
	default:
		h["Content-Length"] = []string{strconv.FormatInt(size, 10)}
	}
}

// drop cancels a body that nobody wants.
func (x *exchange) drop() {
	if x.response.Body.IsLive() {
		x.response.Body.Stream().Cancel(io.ErrClosedPipe)
	}
}

// stream writes a body as it comes. What can be had at once is written together; before a wait all is flushed.
func (x *exchange) stream(s body.Stream, e *encoder) {
	controller := http.NewResponseController(x.w)
	p := pull{got: make(chan struct{}, 1)}
	written := true // the headers
	for {
		p.state.Store(undecided)
		s.Pull(p.deliver)
		if p.state.CompareAndSwap(undecided, awaited) {
			if written {
				if e.flush() != nil || controller.Flush() != nil {
					x.cut(s)
					return
				}
				written = false
			}
			select {
			case <-p.got:
			case <-x.r.Context().Done():
				x.cut(s)
				return
			}
		}
		switch {
		case p.err == io.EOF:
			if e.close() != nil {
				x.disconnected()
			}
			return
		case p.err != nil:
			if e.flush() == nil {
				_ = controller.Flush() // what came before is the client's
			}
			x.entry.Aborted = "the body's stream failed: " + p.err.Error()
			x.h.exception(x, p.err)
			return
		}
		n, err := e.Write(p.chunk)
		x.entry.Bytes += int64(n)
		written = true
		if err != nil {
			x.cut(s)
			return
		}
	}
}

// pull is the pull under way of a stream.
type pull struct {
	state atomic.Int32
	got   chan struct{}
	chunk []byte
	err   error
}

func (p *pull) deliver(chunk []byte, err error) {
	p.chunk, p.err = chunk, err
	if p.state.Swap(answered) == awaited {
		p.got <- struct{}{}
	}
}

// cut ends a response whose client is gone.
func (x *exchange) cut(s body.Stream) {
	x.disconnected()
	s.Cancel(invocation.ErrDisconnected)
}
