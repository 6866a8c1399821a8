package binding

import (
	"encoding/json"
	"fmt"
	"sort"
	"strings"

	"github.com/bindery/bindery/runtime"
	"github.com/bindery/bindery/runtime/bundle/lower"
	"github.com/bindery/bindery/runtime/invocation"
	"github.com/bindery/bindery/runtime/webapi/fetch"
)

// Worker is one Worker pinned to a version.
type Worker struct {
	Name          string
	Version       string // hash of code and configuration: equal versions are the same in every respect
	Program       *lower.Program
	Compile       func() (*lower.Program, error) // where Program is nil: see runtime.Script
	ServiceWorker bool                           // classic syntax
	Services      []Service
	Text          map[string]string          // vars and secrets, by binding name
	JSON          map[string]json.RawMessage // vars that are not text
	Limits        runtime.Limits
}

// Service is a binding to another Worker.
type Service struct {
	Binding    string // its name in env
	Worker     string // the Worker that it calls
	Entrypoint string // "" means the default export
	Props      json.RawMessage
}

// Options say how a composition runs.
type Options struct {
	// Previous is the composition that this one replaces. Workers whose link is the same keep their isolates, and with them the
	// state of their modules. May be nil.
	Previous *Composition
	Observer runtime.Observer
	Pool     runtime.PoolOptions
	Outbound fetch.Outbound // for global fetch; nil refuses every fetch
	Guard    *runtime.Guard // keeps Workers within their limits; nil: nobody does
}

// Composition is a set of Workers, each pinned to one version, bound to each other. It is immutable; its methods may be called from any
// goroutine. One that is replaced is collected when its last call has ended.
type Composition struct {
	members map[string]*member
}

// member is a Worker in a composition.
type member struct {
	Worker
	link string // hash of this version and of all that it reaches
	pool *runtime.Pool
}

// MissingError lists the bindings whose service is not in the composition.
type MissingError struct{ Missing []Missing }

// Missing is one binding without a service.
type Missing struct{ Worker, Binding, Service string }

func (e *MissingError) Error() string {
	var b strings.Builder
	for i, m := range e.Missing {
		if i > 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(&b, "Worker %q binds %s to the service %q, and there is no Worker of that name", m.Worker, m.Binding, m.Service)
	}
	return b.String()
}

// Compose binds workers to each other. Errors: *MissingError; a name used twice.
func Compose(workers []Worker, o Options) (*Composition, error) {
	c := &Composition{members: make(map[string]*member, len(workers))}
	for _, w := range workers {
		if _, twice := c.members[w.Name]; twice {
			return nil, fmt.Errorf("compose: two Workers are named %q", w.Name)
		}
		c.members[w.Name] = &member{Worker: w}
	}
	if missing := c.missing(); len(missing) > 0 {
		return nil, &MissingError{Missing: missing}
	}
	c.link()
	for _, m := range c.members {
		m.pool = c.poolFor(m, o)
	}
	return c, nil
}

func (c *Composition) missing() []Missing {
	var list []Missing
	for _, m := range c.members {
		for _, s := range m.Services {
			if c.members[s.Worker] == nil {
				list = append(list, Missing{Worker: m.Name, Binding: s.Binding, Service: s.Worker})
			}
		}
	}
	sort.Slice(list, func(i, j int) bool {
		a, b := list[i], list[j]
		return a.Worker < b.Worker || a.Worker == b.Worker && a.Binding < b.Binding
	})
	return list
}

// poolFor takes over the pool of an unchanged link, or makes one.
func (c *Composition) poolFor(m *member, o Options) *runtime.Pool {
	if o.Previous != nil {
		if old := o.Previous.members[m.Name]; old != nil && old.link == m.link {
			return old.pool
		}
	}
	script := &runtime.Script{
		Worker: m.Name, Version: m.Version, Program: m.Program, Compile: m.Compile, ServiceWorker: m.ServiceWorker,
		Observer: o.Observer, Guard: o.Guard, Limits: m.Limits,
	}
	script.Env = (&environment{composition: c, member: m}).build
	script.Prepare = prepare(o.Outbound)
	return runtime.NewPool(script, o.Pool)
}

// Workers lists the names, sorted.
func (c *Composition) Workers() []string {
	names := make([]string, 0, len(c.members))
	for name := range c.members {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// Link is the hash that names a Worker's version together with the versions of all that it reaches; "" if there is no such Worker.
func (c *Composition) Link(worker string) string {
	if m := c.members[worker]; m != nil {
		return m.link
	}
	return ""
}

// Loaded reports whether a Worker has an isolate: it was called, or warmed.
func (c *Composition) Loaded(worker string) bool {
	m := c.members[worker]
	return m != nil && m.pool.Size() > 0
}

// Entrypoints gives the entrypoints of a Worker, which it loads if nobody has called it. Errors: as Warm's.
func (c *Composition) Entrypoints(worker string) ([]runtime.Entrypoint, error) {
	m := c.members[worker]
	if m == nil {
		return nil, unknown(worker)
	}
	return m.pool.Entrypoints()
}

// Warm loads an isolate of each of the given Workers, of all if none is given, so that their top-level code has run. Errors: those of
// all Workers that failed, each a *runtime.LoadError, joined.
func (c *Composition) Warm(workers ...string) error {
	if len(workers) == 0 {
		workers = c.Workers()
	}
	var errs []error
	for _, name := range workers {
		m := c.members[name]
		if m == nil {
			errs = append(errs, unknown(name))
			continue
		}
		if err := m.pool.Warm(); err != nil {
			errs = append(errs, err)
		}
	}
	return join(errs)
}

// Fetch calls a Worker's fetch handler from outside, in the name of inv, one hold of which is given back. done is called exactly
// once, on any goroutine, perhaps before Fetch returns; a live response body must be read to its end or cancelled. Errors: *webidl.Thrown
// for what script threw, runtime.ErrHung, runtime.ErrCondemned, *runtime.LoadError.
func (c *Composition) Fetch(worker string, inv *invocation.Invocation, req *fetch.RequestData, done func(*fetch.ResponseData, error)) {
	m := c.members[worker]
	if m == nil {
		done(nil, unknown(worker))
		inv.Release()
		return
	}
	m.pool.Do(inv, &runtime.Fetch{Invocation: inv, Request: req, Done: done})
}

func unknown(worker string) error { return fmt.Errorf("there is no Worker named %q", worker) }
