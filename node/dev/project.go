package dev

import (
	"cmp"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/evanw/esbuild/pkg/api"

	"github.com/bindery/bindery/binding"
	"github.com/bindery/bindery/node/compiler"
	"github.com/bindery/bindery/node/config"
	"github.com/bindery/bindery/node/generation"
	"github.com/bindery/bindery/runtime"
)

// project is the files, what was made of them, and what is served. It belongs to one goroutine.
type project struct {
	o              Options
	base, realBase string
	codes          map[string]*code // by the Worker's wrangler file or script
	compiler       *compiler.Compiler

	files  []string    // the wrangler files and scripts that were found
	set    *config.Set // as they say, nil while they are at fault
	broken *Fault      // why set is nil
	served *Generation // nil before the first
	guard  *runtime.Guard
}

// change says what may have changed.
type change struct {
	config  bool            // wrangler files, .dev.vars, which Workers there are
	all     bool            // any source file
	sources map[string]bool // these source files
}

// outcome is what an update came to.
type outcome struct {
	next     *Generation // what is to be served now; nil if nothing changed or there is a fault
	fault    *Fault
	again    bool // the fault is the last update's: nothing was built anew
	warnings []api.Message
}

func newProject(o Options) (*project, error) {
	base, err := filepath.Abs(o.Base)
	if err != nil {
		return nil, err
	}
	p := &project{o: o, base: base, realBase: base, codes: map[string]*code{}, compiler: compiler.New(o.Compiler)}
	if path, err := filepath.EvalSymlinks(base); err == nil {
		p.realBase = path
	}
	return p, nil
}

func (p *project) close() { p.compiler.Close() }

// update brings everything up to date and gives the generation that is to be served next. It is loaded, but not yet served.
func (p *project) update(ctx context.Context, c change) outcome {
	var out outcome
	if c.config {
		p.reload(&out)
	}
	if p.broken != nil {
		out.fault = p.broken
		p.mark(c)
		return out
	}
	p.mark(c)
	built := p.build(ctx)
	for _, w := range built {
		out.warnings = append(out.warnings, p.rebase(w, p.codes[key(w)].warnings)...)
	}
	var faults []api.Message
	for _, w := range p.set.Workers {
		if err := p.codes[key(w)].err; err != nil {
			faults = append(faults, p.codeMessages(w, err)...)
		}
	}
	if len(faults) > 0 {
		out.fault = &Fault{Stage: Code, Messages: sorted(faults)}
		out.again = len(built) == 0 && !c.config
		return out
	}
	p.compose(&out)
	return out
}

// key is what the code of a Worker is kept by.
func key(w *config.Worker) string { return cmp.Or(w.File, w.Main) }

// reload reads the configuration again.
func (p *project) reload(out *outcome) {
	p.set, p.broken = nil, nil
	files, err := p.find()
	if err != nil {
		p.broken = configFault(err)
		return
	}
	p.files = files
	set, warnings, err := config.Load(files, config.Options{
		Env: p.o.Env, Secrets: true, Base: p.base,
		Exists: func(string) bool { return false }, // there are no others
	})
	out.warnings = warnings
	if err != nil {
		p.broken = configFault(err)
		return
	}
	for _, w := range set.Workers {
		out.warnings = append(out.warnings, ignored(w, p.shown(key(w)))...)
	}
	p.set = set
	kept := map[string]*code{}
	for _, w := range set.Workers {
		c := p.codes[key(w)]
		if c == nil || !c.same(w) {
			c = newCode(w)
		}
		kept[key(w)] = c
	}
	for k, c := range p.codes {
		if kept[k] != c {
			p.compiler.Forget(k)
		}
	}
	p.codes = kept
}

// errNothing says that the paths have no Worker.
type errNothing struct{ paths []string }

func (e *errNothing) Error() string {
	return "there is no wrangler.toml, wrangler.json or wrangler.jsonc in " + strings.Join(e.paths, ", ") +
		" or below: name a folder that has some, or a script"
}

// find lists the wrangler files and scripts: those in and below each folder, and each file that is named.
func (p *project) find() ([]string, error) {
	var found []string
	for _, path := range p.o.Paths {
		path = inFolder(p.base, path)
		info, err := os.Stat(path)
		if err != nil {
			var pe *os.PathError
			if errors.As(err, &pe) {
				err = pe.Err
			}
			return nil, &config.Error{Messages: []api.Message{{Text: "open " + p.shown(path) + ": " + err.Error()}}}
		}
		list := []string{path}
		if info.IsDir() {
			if real, err := filepath.EvalSymlinks(path); err == nil {
				path = real // a walk doesn't follow the link that it begins at
			}
			if list, err = config.Discover(path); err != nil {
				return nil, err
			}
		}
		for _, file := range list {
			if !slices.Contains(found, file) {
				found = append(found, file)
			}
		}
	}
	if len(found) == 0 {
		return nil, &errNothing{paths: p.o.Paths}
	}
	return found, nil
}

// mark makes the code stale that c may have changed.
func (p *project) mark(c change) {
	for _, code := range p.codes {
		if c.all {
			code.stale = true
		}
		for file := range c.sources {
			for _, dir := range code.command.WatchDir {
				if file == dir || strings.HasPrefix(file, dir+string(filepath.Separator)) {
					code.stale, code.remake = true, true
				}
			}
			// What a command that failed has made is no news.
			if _, ok := slices.BinarySearch(code.inputs, file); ok && code.failed == nil {
				code.stale = true
			}
		}
	}
}

// build builds the stale code of all Workers at the same time, and says whose it was.
func (p *project) build(ctx context.Context) []*config.Worker {
	var built []*config.Worker
	var wg sync.WaitGroup
	for _, w := range p.set.Workers {
		if c := p.codes[key(w)]; c.stale {
			built = append(built, w)
			wg.Go(func() { c.build(ctx, p.compiler) })
		}
	}
	wg.Wait()
	return built
}

// compose makes and loads the next generation, if it differs from the one that is served.
func (p *project) compose(out *outcome) {
	g := p.generation()
	if p.served != nil && sameWorkers(p.served, g) {
		return
	}
	o := generation.Options{Options: p.o.binding(p.guard), Local: true}
	if p.served != nil {
		o.Previous = p.served.made
	}
	workers := make([]generation.Worker, 0, len(p.set.Workers))
	for i, w := range p.set.Workers {
		workers = append(workers, worker(w, p.codes[key(w)], g.Workers[i].Root))
	}
	made, err := generation.Make(workers, o)
	var missing *binding.MissingError
	switch {
	case errors.As(err, &missing):
		out.fault = configFault(err)
	case err != nil:
		out.fault = &Fault{Stage: Code, Messages: sorted(p.loadMessages(err))}
	default:
		g.made = made
		out.next = g
	}
}

// generation describes the Workers as they are now.
func (p *project) generation() *Generation {
	g := &Generation{}
	roots, chosen := rootNames(p.set)
	g.Chosen = chosen
	reached := reached(p.set, roots)
	for _, w := range p.set.Workers {
		worker := Worker{
			Name: w.Name, Version: version(w, p.codes[key(w)].hash), Root: roots[w.Name], Reached: reached[w.Name], File: p.shown(key(w)),
		}
		for _, r := range w.Routes {
			pattern := r.Pattern
			if r.CustomDomain {
				pattern += " (custom domain)"
			}
			worker.Routes = append(worker.Routes, pattern)
		}
		for _, s := range w.Services {
			worker.Services = append(worker.Services, Service{s.Binding, s.Service, s.Entrypoint})
		}
		g.Workers = append(g.Workers, worker)
	}
	return g
}

// sameWorkers reports whether nothing that is served differs.
func sameWorkers(a, b *Generation) bool {
	return slices.EqualFunc(a.Workers, b.Workers, func(a, b Worker) bool {
		return a.Name == b.Name && a.Version == b.Version && a.Root == b.Root && slices.Equal(a.Routes, b.Routes)
	})
}

// sorted sorts messages by file, line and column.
func sorted(messages []api.Message) []api.Message {
	slices.SortStableFunc(messages, func(a, b api.Message) int {
		if a.Location == nil || b.Location == nil {
			return 0
		}
		return cmp.Or(
			cmp.Compare(a.Location.File, b.Location.File),
			cmp.Compare(a.Location.Line, b.Location.Line),
			cmp.Compare(a.Location.Column, b.Location.Column),
		)
	})
	return messages
}
