// Package invocation owns the life of one call of a Worker's handler or method: its place in the tree of calls, its limits,
// its abort, and what must be undone when it ends.
//
// It knows neither JavaScript nor HTTP. The current invocation of an isolate is kept by the realm; bindings make children.
package invocation

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/bindery/bindery/runtime/watchdog"
)

// Limits bound a tree of invocations. The zero value means the defaults.
type Limits struct {
	Depth       int // invocations deep; default 32
	Subrequests int // fetches and binding calls of the whole tree; default 10,000
}

// Defaults of Limits.
const (
	DefaultDepth       = 32
	DefaultSubrequests = 10_000
)

// Errors that a caller tells apart. Their texts are what script sees.
var (
	ErrDepth = errors.New("Subrequest depth limit exceeded. This request recursed through Workers too many times")
	//lint:ignore ST1005 workerd's text
	ErrSubrequests = errors.New("Too many subrequests")
	// ErrEnded is the cause of an invocation's context once its work is over.
	ErrEnded = errors.New("the invocation has ended")
	// ErrDisconnected is the cause when whoever made the call went away.
	//lint:ignore ST1005 workerd's text
	ErrDisconnected = errors.New("The client has disconnected")
)

// Invocation is one call of a handler or method. Its methods may be called from any goroutine.
type Invocation struct {
	Worker string // name of the Worker that runs
	Depth  int    // 0 for one that came from outside
	CPU    watchdog.Account

	parent *Invocation
	tree   *tree
	logged atomic.Int64

	mu      sync.Mutex
	holds   int                    // guarded by mu: handler and waitUntil promises under way
	ended   bool                   // guarded by mu
	linger  bool                   // guarded by mu: Linger was called
	streams int                    // guarded by mu: response bodies under way
	waits   int                    // guarded by mu: those of holds that are promises under waitUntil
	onWaits func()                 // guarded by mu: called when waits comes to 0
	aborted error                  // guarded by mu: why, once aborted
	onAbort map[uint64]func(error) // guarded by mu
	onEnd   map[uint64]func()      // guarded by mu
	nextID  uint64                 // guarded by mu
	ctx     context.Context        // guarded by mu: made at first use
	cancel  context.CancelCauseFunc
}

// tree is what all invocations below one root share.
type tree struct {
	limits      Limits
	subrequests atomic.Int64
}

// New makes the root of a tree of invocations, holding one hold (see Release).
func New(worker string, limits Limits) *Invocation {
	if limits.Depth <= 0 {
		limits.Depth = DefaultDepth
	}
	if limits.Subrequests <= 0 {
		limits.Subrequests = DefaultSubrequests
	}
	return &Invocation{Worker: worker, tree: &tree{limits: limits}, holds: 1}
}

// Child makes the invocation of a bound Worker, called by i, and counts it as a subrequest. It is aborted when i is aborted.
// Errors: ErrDepth, ErrSubrequests, each wrapped with its limit.
func (i *Invocation) Child(worker string) (*Invocation, error) {
	if i.Depth+1 >= i.tree.limits.Depth {
		return nil, fmt.Errorf("%w (limit: %d deep)", ErrDepth, i.tree.limits.Depth)
	}
	if err := i.Subrequest(); err != nil {
		return nil, err
	}
	return &Invocation{Worker: worker, Depth: i.Depth + 1, parent: i, tree: i.tree, holds: 1}, nil
}

// Subrequest counts one fetch or binding call. Errors: ErrSubrequests.
func (i *Invocation) Subrequest() error {
	if n := i.tree.subrequests.Add(1); n > int64(i.tree.limits.Subrequests) {
		return fmt.Errorf("%w (limit: %d, set by limits.subrequests)", ErrSubrequests, i.tree.limits.Subrequests)
	}
	return nil
}

// Logged counts bytes that the invocation logs, and gives their sum.
func (i *Invocation) Logged(bytes int) int64 { return i.logged.Add(int64(bytes)) }

// Parent is the calling invocation, nil for a root.
func (i *Invocation) Parent() *Invocation { return i.parent }

// Hold keeps the invocation from ending until Release. It reports false if it has ended already.
func (i *Invocation) Hold() bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.ended {
		return false
	}
	i.holds++
	return true
}

// Release gives back one hold; with the last the invocation ends: its context is cancelled and its end functions run, on
// the calling goroutine. It reports whether the invocation has ended.
func (i *Invocation) Release() (ended bool) {
	i.mu.Lock()
	i.holds--
	if i.holds > 0 || i.ended {
		ended = i.ended
		i.mu.Unlock()
		return ended
	}
	i.ended = true
	fns := i.onEnd
	i.onEnd, i.onAbort = nil, nil
	cancel := i.cancel
	i.mu.Unlock()
	for _, fn := range fns {
		fn()
	}
	if cancel != nil {
		cancel(ErrEnded)
	}
	return true
}

// HoldWait is Hold for a promise under waitUntil, until ReleaseWait.
func (i *Invocation) HoldWait() bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.ended {
		return false
	}
	i.holds++
	i.waits++
	return true
}

// ReleaseWait is Release for a hold that HoldWait gave.
func (i *Invocation) ReleaseWait() (ended bool) {
	i.mu.Lock()
	i.waits--
	var fn func()
	if i.waits == 0 {
		fn = i.onWaits
	}
	i.mu.Unlock()
	ended = i.Release()
	if fn != nil {
		fn()
	}
	return ended
}

// OnWaitsDone has fn called, on any goroutine, each time that nothing is left under waitUntil. There is one such function.
func (i *Invocation) OnWaitsDone(fn func()) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.onWaits = fn
}

// Needed reports whether anybody waits for what the invocation does: it has not ended, and whoever called it is there or something is under
// waitUntil.
func (i *Invocation) Needed() bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	return !i.ended && (i.aborted == nil || i.waits > 0)
}

// Linger says that the handler has answered and the invocation goes on. It reports whether this is the first to say so.
func (i *Invocation) Linger() (first bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	first = !i.linger && !i.ended
	i.linger = true
	return first
}

// Streaming counts response bodies under way, by delta, and tells how many there are then.
func (i *Invocation) Streaming(delta int) int {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.streams += delta
	return i.streams
}

// Abort tells the invocation that nobody waits for its result any more. cause may be nil: ErrDisconnected. Only the first call
// counts. Functions given to OnAbort run on the calling goroutine. Work under waitUntil goes on.
func (i *Invocation) Abort(cause error) {
	if cause == nil {
		cause = ErrDisconnected
	}
	i.mu.Lock()
	if i.aborted != nil || i.ended {
		i.mu.Unlock()
		return
	}
	i.aborted = cause
	fns := i.onAbort
	i.onAbort = nil
	i.mu.Unlock()
	for _, fn := range fns {
		fn(cause)
	}
}

// Aborted tells why the invocation was aborted, nil if it was not.
func (i *Invocation) Aborted() error {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.aborted
}

// Ended reports whether the invocation is over.
func (i *Invocation) Ended() bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.ended
}

// OnAbort has fn called once when the invocation is aborted: at once if it was. stop takes fn back.
func (i *Invocation) OnAbort(fn func(cause error)) (stop func()) {
	i.mu.Lock()
	if cause := i.aborted; cause != nil {
		i.mu.Unlock()
		fn(cause)
		return func() {}
	}
	defer i.mu.Unlock()
	if i.ended {
		return func() {}
	}
	if i.onAbort == nil {
		i.onAbort = make(map[uint64]func(error))
	}
	id := i.nextID
	i.nextID++
	i.onAbort[id] = fn
	return func() { i.mu.Lock(); delete(i.onAbort, id); i.mu.Unlock() }
}

// OnEnd has fn called once when the invocation ends: at once if it has. stop takes fn back.
func (i *Invocation) OnEnd(fn func()) (stop func()) {
	i.mu.Lock()
	if i.ended {
		i.mu.Unlock()
		fn()
		return func() {}
	}
	defer i.mu.Unlock()
	if i.onEnd == nil {
		i.onEnd = make(map[uint64]func())
	}
	id := i.nextID
	i.nextID++
	i.onEnd[id] = fn
	return func() { i.mu.Lock(); delete(i.onEnd, id); i.mu.Unlock() }
}

// Context is done when the invocation ends (not when it is aborted: waitUntil work may still need it). It is for Go code that
// works for this invocation, such as an outgoing fetch.
func (i *Invocation) Context() context.Context {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.ctx == nil {
		i.ctx, i.cancel = context.WithCancelCause(context.Background())
		if i.ended {
			i.cancel(ErrEnded)
		}
	}
	return i.ctx
}
