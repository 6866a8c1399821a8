package ingress

import (
	"context"
	"log"
	"net/http"
	"sync"
	"time"

	"github.com/bindery/bindery/runtime/invocation"
)

// Limits of a server.
const (
	readHeaderTimeout = 30 * time.Second
	idleTimeout       = 3 * time.Minute
	maxHeaderBytes    = 128 << 10 // all of a request's headers, as Cloudflare has it
)

// NewServer makes an HTTP/1.1 server of a handler. Bodies have no time limit: they may stream for ever. errors takes what goes wrong with
// connections; nil is the log package's.
func NewServer(h *Handler, errors *log.Logger) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: readHeaderTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeaderBytes,
		ErrorLog:          errors,
		// "OPTIONS *" is for Workers, too.
		DisableGeneralOptionsHandler: true,
	}
}

// openInvocations are those that go on after their responses.
type openInvocations struct {
	mu    sync.Mutex
	count int           // guarded by mu
	none  chan struct{} // guarded by mu: closed when count comes to 0; nil where nobody waits
}

func (o *openInvocations) add(inv *invocation.Invocation) {
	o.mu.Lock()
	o.count++
	o.mu.Unlock()
	inv.OnEnd(func() {
		o.mu.Lock()
		defer o.mu.Unlock()
		o.count--
		if o.count == 0 && o.none != nil {
			close(o.none)
			o.none = nil
		}
	})
}

func (o *openInvocations) wait(ctx context.Context) (left int) {
	for {
		o.mu.Lock()
		if o.count == 0 {
			o.mu.Unlock()
			return 0
		}
		if o.none == nil {
			o.none = make(chan struct{})
		}
		none := o.none
		o.mu.Unlock()
		select {
		case <-none:
		case <-ctx.Done():
			o.mu.Lock()
			defer o.mu.Unlock()
			return o.count
		}
	}
}
