package dev

import (
	"context"
	"maps"
	"slices"
	"sync"

	"github.com/evanw/esbuild/pkg/api"

	"github.com/bindery/bindery/node/compiler"
	"github.com/bindery/bindery/node/config"
	"github.com/bindery/bindery/runtime/bundle"
)

// BuildOptions say what to build.
type BuildOptions struct {
	Paths    []string // as in Options
	Base     string   // as in Options
	Env      string   // as in Options
	Compiler compiler.Limits
}

// Built is a Worker as it may be deployed.
type Built struct {
	Worker *config.Worker
	Bundle *bundle.Bundle
	File   string // its wrangler file, or its script, as messages name it
	// Secrets are the names of those in .dev.vars, which is for development only, sorted.
	Secrets []string
}

// Build finds, reads and bundles Workers for production, all faults of all files in one go. What services they bind to is not looked at: a cluster
// may have them. The warnings are complete with and without an error. Errors: *Fault.
func Build(ctx context.Context, o BuildOptions) ([]Built, []api.Message, error) {
	p, err := newProject(Options{Paths: o.Paths, Base: o.Base, Env: o.Env, Compiler: o.Compiler})
	if err != nil {
		return nil, nil, err
	}
	defer p.close()
	files, err := p.find()
	if err != nil {
		return nil, nil, configFault(err)
	}
	set, warnings, err := config.Load(files, config.Options{Env: o.Env, Base: p.base})
	if err != nil {
		return nil, warnings, configFault(err)
	}
	p.set = set
	// Read again for the names of secrets only: one takes the place of a var of its name, and not where it is deployed.
	developed, _, err := config.Load(files, config.Options{Env: o.Env, Base: p.base, Secrets: true})
	if err != nil {
		developed = &config.Set{} // what is wrong with .dev.vars does not matter here
	}
	built := make([]Built, len(set.Workers))
	found := make([][]api.Message, len(set.Workers)) // warnings
	faults := make([][]api.Message, len(set.Workers))
	var wg sync.WaitGroup
	for i, w := range set.Workers {
		warnings = append(warnings, ignored(w, p.shown(key(w)))...)
		built[i] = Built{Worker: w, File: p.shown(key(w))}
		if d := developed.Find(w.Name); d != nil {
			built[i].Secrets = slices.Sorted(maps.Keys(d.Secrets))
		}
		wg.Go(func() {
			b, err := p.production(ctx, w)
			if err != nil {
				faults[i] = p.codeMessages(w, err)
				return
			}
			built[i].Bundle, found[i] = b.Bundle, p.rebase(w, b.Warnings)
		})
	}
	wg.Wait()
	var all []api.Message
	for i := range built {
		warnings = append(warnings, found[i]...)
		all = append(all, faults[i]...)
	}
	if len(all) > 0 {
		return nil, warnings, &Fault{Stage: Code, Messages: sorted(all)}
	}
	return built, warnings, ctx.Err()
}

// production builds one Worker as it is deployed.
func (p *project) production(ctx context.Context, w *config.Worker) (*compiler.Built, error) {
	c := newCode(w)
	c.options.NodeEnv = ""
	if err := c.runCommand(ctx); err != nil {
		return nil, err
	}
	return p.compiler.Build(ctx, c.name, c.options)
}
