package ingress

import (
	"context"
	"log"
	"net"
	"net/http"
	"sync"
	"syscall"
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
		if time.Since(since) > unusedAfter && !hasBytes(c) {
			_ = c.Close()
		} else {
			young = true
		}
	}
	if young {
		time.AfterFunc(unusedAfter, u.close)
	}
}

// hasBytes reports whether something has come that nobody has read yet, as where this process had no time to.
func hasBytes(c net.Conn) bool {
	s, ok := c.(syscall.Conn)
	if !ok {
		return false
	}
	raw, err := s.SyscallConn()
	if err != nil {
		return false
	}
	n := 0
	err = raw.Control(func(fd uintptr) { n = peek(fd) })
	return err == nil && n > 0
}

// openInvocations are those that go on after their responses.
type openInvocations struct {
	mu     sync.Mutex
	open   map[*invocation.Invocation]struct{} // guarded by mu
	change chan struct{}                       // guarded by mu: closed when one may be needed no more; nil where nobody waits
}

func (o *openInvocations) add(inv *invocation.Invocation) {
	o.mu.Lock()
	if o.open == nil {
		o.open = make(map[*invocation.Invocation]struct{})
	}
	o.open[inv] = struct{}{}
	o.mu.Unlock()
	inv.OnWaitsDone(o.changed)
	inv.OnEnd(func() {
		o.mu.Lock()
		delete(o.open, inv)
		o.mu.Unlock()
		o.changed()
	})
}

func (o *openInvocations) changed() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.change != nil {
		close(o.change)
		o.change = nil
	}
}

// needed counts those that somebody waits for: a handler whose client is gone may sleep on for as long as it likes.
func (o *openInvocations) needed() (n int) {
	for inv := range o.open {
		if inv.Needed() {
			n++
		}
	}
	return n
}

func (o *openInvocations) wait(ctx context.Context) (left int) {
	for {
		o.mu.Lock()
		left = o.needed()
		if o.change == nil {
			o.change = make(chan struct{})
		}
		change := o.change
		o.mu.Unlock()
		if left == 0 {
			return 0
		}
		select {
		case <-change:
		case <-ctx.Done():
			o.mu.Lock()
			defer o.mu.Unlock()
			return o.needed()
		}
	}
}
