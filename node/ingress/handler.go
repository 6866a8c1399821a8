package ingress

import (
	"context"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/bindery/bindery/runtime/invocation"
	"github.com/bindery/bindery/runtime/webapi/fetch"
)

// Options are what a Handler tells and shows.
type Options struct {
	// Stacks puts the stack of an exception into the answer, for development. Without it the client learns no more than that there
	// was one.
	Stacks bool
	// Log is told of each request when it is over. It is called on the request's goroutine. May be nil.
	Log func(Entry)
	// Exception is told of each exception that ended a request. It is called on the request's goroutine. May be nil.
	Exception func(worker string, inv *invocation.Invocation, err error)
}

// Entry is a request that is over.
type Entry struct {
	Time     time.Time // when it began
	Method   string
	Host     string
	Target   string // path and query, as sent
	Worker   string // "" where no root was found
	Status   int    // 0 where the client went away before there was one
	Bytes    int64  // of the response's body
	Duration time.Duration
	Aborted  string // why the response is not whole, "" if it is
	// Elsewhere is set where another process served it, which knows more.
	Elsewhere bool
}

// Handler serves HTTP by the Workers of its current site. Its methods are safe for use from many goroutines.
type Handler struct {
	options Options
	site    atomic.Pointer[Site]
	origin  atomic.Pointer[origin] // the last Host header
	open    openInvocations
}

// NewHandler makes a handler that answers 503 until it has a site.
func NewHandler(o Options) *Handler { return &Handler{options: o} }

// Swap makes s what requests from now on are served by. A request under way ends on the site that it began on.
func (h *Handler) Swap(s *Site) { h.site.Store(s) }

// Site gives the current site, nil before the first Swap.
func (h *Handler) Site() *Site { return h.site.Load() }

// Wait waits for what is still going on under waitUntil after its response, or for the end of ctx. It reports how many
// invocations were left. A handler whose client went away is not waited for, what it gave waitUntil is. Call it when no new requests come.
func (h *Handler) Wait(ctx context.Context) (left int) { return h.open.wait(ctx) }

// states of an exchange: who came first, the answer or the handler's look for it.
const (
	undecided int32 = iota
	answered
	awaited
	abandoned
)

// exchange is one request and its response.
type exchange struct {
	h   *Handler
	w   http.ResponseWriter
	r   *http.Request
	inv *invocation.Invocation
	up  *upload // the request's body where it is live

	state    atomic.Int32
	ready    chan struct{} // made before state becomes awaited, closed by the answer
	response *fetch.ResponseData
	err      error

	entry Entry
}

// ServeHTTP implements http.Handler.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	x := &exchange{h: h, w: w, r: r}
	x.entry = Entry{Time: time.Now(), Method: r.Method, Host: r.Host, Target: r.RequestURI}
	x.serve()
	x.entry.Duration = time.Since(x.entry.Time)
	if h.options.Log != nil {
		h.options.Log(x.entry)
	}
	if x.entry.Aborted != "" {
		panic(http.ErrAbortHandler) // the only way to tell the client that what it got is not whole
	}
}

func (x *exchange) serve() {
	site := x.h.site.Load()
	if site == nil {
		x.refuse(http.StatusServiceUnavailable, "Nothing is served yet: the Workers are being loaded.")
		return
	}
	switch x.r.Method {
	case http.MethodConnect, http.MethodTrace:
		x.refuse(http.StatusMethodNotAllowed, "A Worker can't be called with "+x.r.Method+".")
		return
	}
	url, target, ok := x.h.url(scheme(x.r), x.r.Host, x.target())
	if !ok {
		x.refuse(http.StatusBadRequest, "The request's Host header and path make no URL.")
		return
	}
	root := site.choose(scheme(x.r), x.r.Host, target)
	if root == nil {
		x.refuse(http.StatusNotFound, site.notFound(x.r, target))
		return
	}
	x.entry.Worker = root.Worker
	if root.Elsewhere != nil {
		x.entry.Elsewhere = true
		root.Elsewhere.ServeHTTP(x.w, x.r)
		return
	}
	request, ok := x.request(url)
	if !ok {
		x.refuse(http.StatusBadRequest, "The request's body could not be read.")
		return
	}
	x.inv = invocation.New(root.Worker, root.Limits)
	root.Caller.Fetch(root.Worker, x.inv, request, x.done)
	if x.answer() {
		x.respond()
	}
	if x.up != nil {
		x.up.end()
	}
	if !x.inv.Ended() {
		x.h.open.add(x.inv)
	}
}

// done takes the Worker's answer, on any goroutine.
func (x *exchange) done(d *fetch.ResponseData, err error) {
	x.response, x.err = d, err
	switch x.state.Swap(answered) {
	case awaited:
		close(x.ready)
	case abandoned:
		if d != nil && d.Body.IsLive() {
			d.Body.Stream().Cancel(invocation.ErrDisconnected)
		}
	}
}

// answer waits for the answer. It reports false if the client went away first.
func (x *exchange) answer() bool {
	if x.state.Load() == answered {
		return true
	}
	x.ready = make(chan struct{})
	if !x.state.CompareAndSwap(undecided, awaited) {
		return true
	}
	ctx := x.r.Context()
	select {
	case <-x.ready:
		return true
	case <-ctx.Done():
	}
	if !x.state.CompareAndSwap(awaited, abandoned) {
		<-x.ready
		return true
	}
	x.disconnected()
	return false
}

// disconnected ends a request whose client is gone.
func (x *exchange) disconnected() {
	x.inv.Abort(invocation.ErrDisconnected)
	x.entry.Aborted = "the client disconnected"
}
