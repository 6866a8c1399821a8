// Package generation makes what an ingress serves of Workers: a composition and the way to its roots, as one state that is swapped as a whole.
//
// It owns what `bindery dev` and the data plane of a node have in common: how a Worker becomes a member of a composition, which
// Workers requests from outside reach, and which generation takes whose isolates over. It doesn't own where Workers come from, nor when
// a generation is served.
package generation

import (
	"errors"
	"fmt"
	"net/http"
	"runtime"
	"sync"

	"github.com/bindery/bindery/binding"
	"github.com/bindery/bindery/node/ingress"
	"github.com/bindery/bindery/node/route"
	"github.com/bindery/bindery/runtime/bundle/lower"
	"github.com/bindery/bindery/runtime/invocation"
)

// Worker is a Worker of a generation.
type Worker struct {
	binding.Worker
	Root        bool
	Routes      []route.Pattern
	Subrequests int // 0 is the default
	// HeldBack says why it is not served: calls of it fail with that text, its requests with status 503. "" serves it.
	HeldBack string
	// Broken says why it can't be served: the roots that reach it fail. nil where it can.
	Broken error
	// Elsewhere serves a root's requests in this process's stead. May be nil.
	Elsewhere http.Handler
}

// Options say how a generation runs.
type Options struct {
	binding.Options // but for Previous
	// Previous is the generation that this one replaces. May be nil.
	Previous *Generation
	// Local has Workers be found at NAME.localhost: see ingress.SiteOptions.
	Local bool
	// Warm is asked by Update which Workers to load before they are served, given those whose link is new. nil loads none.
	Warm func(changed []string) []string
}

// Generation is one state of Workers. It is never changed.
type Generation struct {
	// Site is what an ingress serves.
	Site *ingress.Site
	// Failed are the roots that could not be brought to this state, and why: they go on with what they were in the previous generation,
	// or are not served.
	Failed map[string]error

	composition *binding.Composition
	roots       map[string]ingress.Root
}

// RefusedError says that a Worker is held back.
type RefusedError struct{ Worker, Reason string }

func (e *RefusedError) Error() string {
	return fmt.Sprintf("Worker %q is held back: %s", e.Worker, e.Reason)
}

// Refusal implements ingress.Refusal.
func (e *RefusedError) Refusal() string { return e.Error() + "." }

var _ ingress.Refusal = (*RefusedError)(nil)

// Make makes a generation of workers and loads all of them. Errors: *binding.MissingError; a name used twice; those of all Workers that can't
// be loaded, each a *runtime.LoadError, joined.
func Make(workers []Worker, o Options) (*Generation, error) {
	g, err := compose(workers, o)
	if err != nil {
		return nil, err
	}
	if err := g.composition.Warm(); err != nil {
		return nil, err
	}
	g.site(workers, o)
	return g, nil
}

// compose makes the composition.
func compose(workers []Worker, o Options) (*Generation, error) {
	if o.Previous != nil {
		o.Options.Previous = o.Previous.composition
	}
	members := make([]binding.Worker, 0, len(workers))
	for _, w := range workers {
		m := w.Worker
		if w.HeldBack != "" {
			refused := &RefusedError{w.Name, w.HeldBack}
			m.Version += " held back"
			m.Program, m.Compile = nil, func() (*lower.Program, error) { return nil, refused }
		}
		members = append(members, m)
	}
	composition, err := binding.Compose(members, o.Options)
	if err != nil {
		return nil, err
	}
	return &Generation{composition: composition}, nil
}

// Update makes the generation that follows o.Previous, root by root: what keeps one from its new state, as a Worker that fails to load,
// doesn't keep the others. Roots that can't be brought to theirs are in Failed. Errors: a name used twice.
func Update(workers []Worker, o Options) (*Generation, error) {
	failed := map[string]error{}
	workers = dropBroken(workers, failed)
	g, err := compose(workers, o)
	if err != nil {
		return nil, err
	}
	g.Failed = failed
	if o.Warm != nil {
		g.warm(workers, o)
	}
	g.site(workers, o)
	return g, nil
}

// dropBroken leaves out the Workers that bind what isn't there, and notes which roots fail because of them.
func dropBroken(workers []Worker, failed map[string]error) []Worker {
	byName := make(map[string]*Worker, len(workers))
	for i := range workers {
		byName[workers[i].Name] = &workers[i]
	}
	callers := map[string][]string{}
	broken := map[string]error{}
	var queue []string
	for i := range workers {
		w := &workers[i]
		if w.Broken != nil {
			broken[w.Name] = fmt.Errorf("load Worker %q: %w", w.Name, w.Broken)
			queue = append(queue, w.Name)
		}
		for _, s := range w.Services {
			if byName[s.Worker] == nil && broken[w.Name] == nil {
				broken[w.Name] = &binding.MissingError{Missing: []binding.Missing{{Worker: w.Name, Binding: s.Binding, Service: s.Worker}}}
				queue = append(queue, w.Name)
			}
			callers[s.Worker] = append(callers[s.Worker], w.Name)
		}
	}
	if len(queue) == 0 {
		return workers
	}
	for len(queue) > 0 {
		name := queue[0]
		queue = queue[1:]
		for _, caller := range callers[name] {
			if broken[caller] == nil {
				broken[caller] = broken[name]
				queue = append(queue, caller)
			}
		}
	}
	var whole []Worker
	for _, w := range workers {
		switch err := broken[w.Name]; {
		case err == nil:
			whole = append(whole, w)
		case w.Root:
			failed[w.Name] = err
		}
	}
	return whole
}

// warm loads what o.Warm asks for, and fails the roots that reach what can't be loaded.
func (g *Generation) warm(workers []Worker, o Options) {
	var changed []string
	for i := range workers {
		name := workers[i].Name
		if workers[i].HeldBack == "" && (o.Previous == nil || o.Previous.composition.Link(name) != g.composition.Link(name)) {
			changed = append(changed, name)
		}
	}
	broken := g.load(o.Warm(changed))
	if len(broken) == 0 {
		return
	}
	for name, err := range reaching(workers, broken) {
		g.Failed[name] = err
	}
}

// load loads Workers, several at a time, and gives the errors of those that can't be.
func (g *Generation) load(names []string) map[string]error {
	var mu sync.Mutex
	var wg sync.WaitGroup
	broken := map[string]error{}
	turn := make(chan struct{}, min(runtime.GOMAXPROCS(0), mostLoads))
	for _, name := range names {
		turn <- struct{}{}
		wg.Go(func() {
			defer func() { <-turn }()
			if err := g.composition.Warm(name); err != nil {
				mu.Lock()
				defer mu.Unlock()
				broken[name] = err
			}
		})
	}
	wg.Wait()
	return broken
}

// mostLoads is how many Workers are loaded at a time, however many processors there are: each may take memory to be compiled.
const mostLoads = 4

// reaching gives the roots whose bindings lead to any of some Workers, with the errors of these.
func reaching(workers []Worker, broken map[string]error) map[string]error {
	services := make(map[string][]binding.Service, len(workers))
	for _, w := range workers {
		services[w.Name] = w.Services
	}
	roots := map[string]error{}
	for _, w := range workers {
		if !w.Root {
			continue
		}
		seen := map[string]bool{}
		var errs []error
		var visit func(name string)
		visit = func(name string) {
			if seen[name] {
				return
			}
			seen[name] = true
			if err := broken[name]; err != nil {
				errs = append(errs, err)
			}
			for _, s := range services[name] {
				visit(s.Worker)
			}
		}
		visit(w.Name)
		if len(errs) > 0 {
			roots[w.Name] = errors.Join(errs...)
		}
	}
	return roots
}

// site makes the way to the roots.
func (g *Generation) site(workers []Worker, o Options) {
	g.roots = make(map[string]ingress.Root, len(workers))
	so := ingress.SiteOptions{Local: o.Local}
	for _, w := range workers {
		if !w.Root {
			so.Private = append(so.Private, w.Name)
			continue
		}
		if g.Failed[w.Name] != nil {
			continue
		}
		root := ingress.Root{
			Worker: w.Name, Patterns: w.Routes, Limits: invocation.Limits{Subrequests: w.Subrequests},
			Caller: g.composition, Elsewhere: w.Elsewhere,
		}
		g.roots[w.Name] = root
		so.Roots = append(so.Roots, root)
	}
	for name := range g.Failed {
		if o.Previous == nil {
			break
		}
		if root, ok := o.Previous.roots[name]; ok {
			g.roots[name] = root
			so.Roots = append(so.Roots, root)
		}
	}
	g.Site = ingress.NewSite(g.composition, so)
}

// Loaded reports whether a Worker has isolates.
func (g *Generation) Loaded(worker string) bool { return g.composition.Loaded(worker) }

// Link is the hash of a Worker's version and of all that it reaches; "" if there is no such Worker.
func (g *Generation) Link(worker string) string { return g.composition.Link(worker) }
