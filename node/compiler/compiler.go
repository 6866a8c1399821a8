package compiler

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"

	"github.com/evanw/esbuild/pkg/api"

	"github.com/bindery/bindery/runtime/bundle"
	"github.com/bindery/bindery/runtime/bundle/lower"
)

// ErrClosed is returned after Close.
var ErrClosed = errors.New("compile Worker: the compiler is closed")

// Compiler compiles Workers. It is safe for use from many goroutines; its child does one thing after the other.
type Compiler struct {
	limits Limits
	ctx    context.Context // ends with Close
	close  context.CancelFunc

	turn    chan struct{}           // has room for one: who puts something in may change process
	process atomic.Pointer[process] // nil while there is none

	programs programs

	mu        sync.Mutex
	forgotten []string // guarded by mu: what the child is to forget with the next request
}

// New returns a Compiler, whose first child is being started when it returns. Close frees it.
func New(l Limits) *Compiler {
	c := NewIdle(l)
	c.turn <- struct{}{}
	go func() {
		defer c.release()
		_, _ = c.ready() // the first request tries again, and says what is wrong
	}()
	return c
}

// NewIdle returns a Compiler whose first child is started when the first request needs it. Close frees it.
func NewIdle(l Limits) *Compiler {
	c := &Compiler{limits: l.orDefault(), turn: make(chan struct{}, 1)}
	c.ctx, c.close = context.WithCancel(context.Background())
	return c
}

// Close ends the child at once, and what it does with ErrClosed. It may be called again.
func (c *Compiler) Close() {
	c.close()
	c.turn <- struct{}{}
	defer c.release()
	c.discard()
}

// Built is what came of a Worker's source.
type Built struct {
	Bundle  *bundle.Bundle
	Hash    string // of Bundle
	Program *lower.Program
	// Inputs are the files to watch, as in bundle.Result.
	Inputs []string
	// Warnings are those of bundling and lowering.
	Warnings []api.Message
}

// Build bundles and compiles the Worker that o describes; o.Loaded is not called. What esbuild knows is kept under name until it is forgotten, so that
// the next build only does what changed. Errors: *bundle.Error and *lower.Error for faults of the source, *Error where the
// compiler ended over it, ErrClosed, the context's error after its end, others for faults of o.
func (c *Compiler) Build(ctx context.Context, name string, o bundle.Options) (*Built, error) {
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return nil, fmt.Errorf("find folder %q: %w", o.Dir, err)
	}
	o.Dir = dir
	answer, err := c.exchange(ctx, &request{Name: name, Options: toOptions(o)})
	if err != nil {
		return nil, err
	}
	if answer.Bundle == nil {
		return nil, errFrame
	}
	b := &Built{Bundle: answer.Bundle, Hash: answer.Bundle.Hash(), Inputs: answer.Inputs, Warnings: answer.Warnings}
	if b.Program, err = c.programs.compile(b.Hash, b.Bundle); err != nil {
		return nil, err
	}
	b.Warnings = append(b.Warnings, bounded(b.Program.Warnings)...)
	return b, nil
}

// Check compiles a bundle that was made elsewhere. Errors: *lower.Error for faults of the source, *Error where the compiler ended over it,
// ErrClosed, the context's error after its end.
func (c *Compiler) Check(ctx context.Context, b *bundle.Bundle) (*lower.Program, error) {
	hash := b.Hash()
	if program := c.programs.get(hash); program != nil {
		return program, nil
	}
	if _, err := c.exchange(ctx, &request{Bundle: b}); err != nil {
		return nil, err
	}
	return c.programs.compile(hash, b)
}

// Compile compiles a bundle in this process, without a child: one that was checked where [Identity] is what it is here, for these limits. Who calls it
// has verified that these are the bytes that were checked. Errors: *lower.Error, which the check would have given.
func (c *Compiler) Compile(b *bundle.Bundle) (*lower.Program, error) {
	return c.programs.compile(b.Hash(), b)
}

// Identity is that of this process, with the Compiler's limits.
func (c *Compiler) Identity() string { return Identity(c.limits) }

// Forget frees what is kept under name.
func (c *Compiler) Forget(name string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.forgotten = append(c.forgotten, name)
}

// exchange has a child answer r. A child that died of something else than r is replaced, once.
func (c *Compiler) exchange(ctx context.Context, r *request) (*reply, error) {
	select {
	case c.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, c.ended(ctx)
	case <-c.ctx.Done():
		return nil, ErrClosed
	}
	defer c.release()
	c.mu.Lock()
	r.Forget, c.forgotten = c.forgotten, nil
	c.mu.Unlock()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(c.ctx, cancel)()
	for again := false; ; again = true {
		p, err := c.ready()
		if err != nil {
			return nil, fmt.Errorf("start the compiler: %w", err)
		}
		warm := p.served > 0
		answer, files, err := p.ask(ctx, r, c.limits.Wall)
		if err == nil {
			if answer.CPU > lifetime {
				c.discard()
			}
			if answer.Fault != nil {
				return nil, answer.error()
			}
			return answer, nil
		}
		c.discard()
		if ctx.Err() != nil {
			return nil, c.ended(ctx)
		}
		if errors.Is(err, errIdentity) {
			return nil, err
		}
		cause, detail := p.cause()
		if !again && (cause == Died || cause == Memory && warm) {
			continue // someone has killed it, or what it kept of other Workers takes the room
		}
		_, _ = c.ready() // it starts while the source is being repaired; what is wrong with it the next request says
		return nil, &Error{Cause: cause, Limits: c.limits, Files: files, Detail: detail}
	}
}

// ended is the error of a request whose context has ended.
func (c *Compiler) ended(ctx context.Context) error {
	if c.ctx.Err() != nil {
		return ErrClosed
	}
	return fmt.Errorf("compile Worker: %w", ctx.Err())
}

// ready gives a child that lives. The caller has the turn.
func (c *Compiler) ready() (*process, error) {
	if c.ctx.Err() != nil {
		return nil, ErrClosed
	}
	p := c.process.Load()
	if p != nil && p.dead() {
		c.discard()
		p = nil
	}
	if p == nil {
		var err error
		if p, err = startProcess(c.limits); err != nil {
			return nil, err
		}
		c.process.Store(p)
	}
	return p, nil
}

// discard ends the child, if there is one. The caller has the turn.
func (c *Compiler) discard() {
	if p := c.process.Swap(nil); p != nil {
		p.end()
	}
}

func (c *Compiler) release() { <-c.turn }
