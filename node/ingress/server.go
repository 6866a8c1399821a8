package ingress

import (
	"context"
	"log"
	"net"
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
	s := &http.Server{
		Handler:           h,
		ReadHeaderTimeout: readHeaderTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeaderBytes,
		ErrorLog:          errors,
		// "OPTIONS *" is for Workers, too.
		DisableGeneralOptionsHandler: true,
	}
	unused := unusedConns{since: make(map[net.Conn]time.Time)}
	s.ConnState = unused.follow
	s.RegisterOnShutdown(unused.close)
	return s
}

// unusedAfter is when a connection without a request counts as one that a browser opened in advance.
const unusedAfter = 300 * time.Millisecond

// unusedConns are the connections on which nothing has come yet. Shutdown waits for them for 5 s, since a request might be on its way;
// browsers keep such connections open for nothing.
type unusedConns struct {
	mu    sync.Mutex
	since map[net.Conn]time.Time // guarded by mu
}

func (u *unusedConns) follow(c net.Conn, state http.ConnState) {
	switch state {
	case http.StateNew:
		u.mu.Lock()
		u.since[c] = time.Now()
		u.mu.Unlock()
	case http.StateActive, http.StateClosed, http.StateHijacked:
		u.mu.Lock()
		delete(u.since, c)
		u.mu.Unlock()
	}
}

// close closes those that are unused by now, and in a while those that were too young.
func (u *unusedConns) close() {
	u.mu.Lock()
	defer u.mu.Unlock()
	young := false
	for c, since := range u.since {
		if time.Since(since) > unusedAfter {
			_ = c.Close()
		} else {
			young = true
		}
	}
	if young {
		time.AfterFunc(unusedAfter, u.close)
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
