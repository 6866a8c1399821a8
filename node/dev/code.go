package dev

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"reflect"
	"strings"
	"sync"

	"github.com/evanw/esbuild/pkg/api"

	"github.com/bindery/bindery/node/config"
	"github.com/bindery/bindery/runtime"
	"github.com/bindery/bindery/runtime/bundle"
	"github.com/bindery/bindery/runtime/bundle/lower"
)

// code is the code of one Worker, kept from build to build.
type code struct {
	options bundle.Options
	command config.Build // makes the entry, if there is one
	builder *bundle.Builder

	stale   bool  // a file has changed since the last build
	remake  bool  // the command has to run again
	failed  error // of the command's last run
	inputs  []string
	hash    string // of the bundle
	classic bool   // a service worker
	program *lower.Program

	warnings []api.Message
	err      error // of the last build
}

// bundleOptions are what a Worker's configuration says to the bundler.
func bundleOptions(w *config.Worker) bundle.Options {
	b := w.Bundle
	o := bundle.Options{
		Dir: w.Dir, Entry: w.Main, Define: b.Define, Alias: b.Alias, Minify: b.Minify, NodeEnv: "development",
		Tsconfig: b.TSConfig, JSXFactory: b.JSXFactory, JSXFragment: b.JSXFragment, Provided: runtime.Provided(),
	}
	for _, r := range b.Rules {
		through := r.Fallthrough
		o.Rules = append(o.Rules, bundle.Rule{Type: r.Type, Globs: r.Globs, Fallthrough: &through})
	}
	return o
}

// newCode makes the code of a Worker that has not been built.
func newCode(w *config.Worker) *code {
	return &code{options: bundleOptions(w), command: w.Bundle.Build, stale: true, remake: true}
}

// same reports whether c was made of the same options that w has now.
func (c *code) same(w *config.Worker) bool {
	return reflect.DeepEqual(c.options, bundleOptions(w)) && reflect.DeepEqual(c.command, w.Bundle.Build)
}

func (c *code) close() {
	if c.builder != nil {
		c.builder.Close()
	}
}

// build brings c up to date with its files. What went wrong is in c.err.
func (c *code) build(ctx context.Context, programs *programCache) {
	c.stale = false
	c.warnings = nil
	if c.err = c.runCommand(ctx); c.err != nil {
		return
	}
	if c.builder == nil {
		if c.builder, c.err = bundle.NewBuilder(c.options); c.err != nil {
			return
		}
	}
	result, err := c.builder.Rebuild(ctx)
	if err != nil {
		c.err = err
		if e, ok := err.(*bundle.Error); ok {
			c.inputs, c.warnings = e.Inputs, e.Warnings
		}
		return
	}
	c.inputs, c.warnings = result.Inputs, result.Warnings
	hash := result.Bundle.Hash()
	if hash == c.hash && c.program != nil {
		return
	}
	program, err := programs.lower(hash, result.Bundle)
	if err != nil {
		c.err = err
		return
	}
	c.hash, c.program = hash, program
	c.classic = result.Bundle.Syntax == bundle.ServiceWorker
	c.warnings = append(c.warnings, program.Warnings...)
}

// runCommand runs the command that makes the entry, as wrangler does: by the shell, when it starts and when a file that it watches
// changes. Between runs its last error stays.
func (c *code) runCommand(ctx context.Context) error {
	if c.command.Command == "" || !c.remake {
		return c.failed
	}
	c.remake, c.failed = false, nil
	cmd := exec.CommandContext(ctx, "sh", "-c", c.command.Command)
	cmd.Dir = c.command.Cwd
	out, err := cmd.CombinedOutput()
	if err != nil {
		c.failed = fmt.Errorf("run the build command %q: %w\n%s", c.command.Command, err, strings.TrimRight(string(out), "\n"))
	} else if _, err := os.Stat(c.options.Entry); err != nil {
		c.failed = fmt.Errorf("run the build command %q: it made no %s, which is the Worker's main", c.command.Command, c.options.Entry)
	}
	return c.failed
}

// keptPrograms is how many lowered bundles are kept: enough for an edit to be taken back.
const keptPrograms = 64

// programCache keeps lowered bundles by hash.
type programCache struct {
	mu    sync.Mutex
	known map[string]*lower.Program // guarded by mu
	order []string                  // guarded by mu: oldest first
}

func (p *programCache) lower(hash string, b *bundle.Bundle) (*lower.Program, error) {
	p.mu.Lock()
	program := p.known[hash]
	p.mu.Unlock()
	if program != nil {
		return program, nil
	}
	program, err := lower.Lower(lower.Input{
		Name: b.Name, Code: b.Code, Map: b.Map, ServiceWorker: b.Syntax == bundle.ServiceWorker,
	})
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.known == nil {
		p.known = map[string]*lower.Program{}
	}
	if p.known[hash] == nil {
		p.order = append(p.order, hash)
	}
	p.known[hash] = program
	if len(p.order) > keptPrograms {
		delete(p.known, p.order[0])
		p.order = p.order[1:]
	}
	return program, nil
}
