package ingress

import (
	"errors"
	"io"
	"net/http"
	"sync"
	"time"
)

// chunkSize is how much of an upload is read at once.
const chunkSize = 32 << 10

// errResponded is what a Worker gets that reads a request's body too late.
//
//lint:ignore ST1005 the text is Cloudflare's
var errResponded = errors.New("Can't read from request stream after response has been sent.")

// upload is the live body of a request, a body.Stream. Only one pull is under way at a time, each on a goroutine of its own, since a
// read waits for the client.
type upload struct {
	r          io.Reader
	controller *http.ResponseController

	mu   sync.Mutex
	busy chan struct{} // guarded by mu: closed when the read under way is over; nil if there is none
	err  error         // guarded by mu: why no more can be read
}

func newUpload(w http.ResponseWriter, r io.Reader) *upload {
	u := &upload{r: r, controller: http.NewResponseController(w)}
	// Without it net/http reads the rest of the request before it writes a response. It can't fail where it matters: HTTP/2 is full
	// duplex as it is.
	_ = u.controller.EnableFullDuplex()
	return u
}

// Pull implements body.Stream.
func (u *upload) Pull(deliver func([]byte, error)) {
	u.mu.Lock()
	if err := u.err; err != nil {
		u.mu.Unlock()
		deliver(nil, err)
		return
	}
	busy := make(chan struct{})
	u.busy = busy
	u.mu.Unlock()
	go func() {
		buf := make([]byte, chunkSize)
		n, err := u.r.Read(buf)
		for n == 0 && err == nil {
			n, err = u.r.Read(buf)
		}
		u.mu.Lock()
		u.busy = nil
		if err != nil && u.err == nil {
			u.err = err // comes with the next pull where there is data now
		}
		if n == 0 {
			err = u.err
		}
		u.mu.Unlock()
		close(busy)
		if n > 0 {
			deliver(buf[:n:n], nil)
			return
		}
		deliver(nil, err)
	}()
}

// Cancel implements body.Stream: the rest is not read. The connection can't be used for another request then.
func (u *upload) Cancel(reason error) {
	if reason == nil {
		reason = io.ErrClosedPipe
	}
	u.stop(reason)
}

// end is called before the handler returns: after that nobody may read the connection.
func (u *upload) end() {
	if busy := u.stop(errResponded); busy != nil {
		<-busy
	}
}

func (u *upload) stop(reason error) (busy chan struct{}) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.err == nil {
		u.err = reason
	}
	if u.busy != nil {
		_ = u.controller.SetReadDeadline(time.Unix(1, 0)) // makes the read return
	}
	return u.busy
}
