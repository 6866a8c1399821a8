package bundle

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/evanw/esbuild/pkg/api"
)

// ErrClosed is returned by Rebuild after Close.
var ErrClosed = errors.New("rebuild Worker: the builder is closed")

// Result is what a build that succeeds gives.
type Result struct {
	Bundle *Bundle

	// Inputs are the absolute paths of all files whose change can change the
	// bundle, sorted: sources, and the package.json and tsconfig.json files
	// that were consulted outside of node_modules. In an Error also files that
	// were imported but not found; a file of another extension or a folder
	// there may be the repair, so watch folders.
	Inputs []string

	// Warnings are esbuild's. Files are relative to Options.Dir.
	Warnings []api.Message
}

// Build bundles once. Errors: *Error for faults of the source, the context's
// error after its end, others for faults of o.
func Build(ctx context.Context, o Options) (*Result, error) {
	b, err := NewBuilder(o)
	if err != nil {
		return nil, err
	}
	defer b.Close()
	return b.Rebuild(ctx)
}

// Builder bundles one Worker again and again and keeps what didn't change.
// Safe for use from many goroutines; builds wait for each other.
type Builder struct {
	options  Options
	rules    ruleSet
	warnings []api.Message

	mu      sync.Mutex // held for a whole build
	module  *target    // guarded by mu; nil before the first build
	classic *target    // guarded by mu; nil before the first service worker
	closed  bool       // guarded by mu
}

// target is the esbuild context of one syntax.
type target struct {
	context api.BuildContext
	plugin  *plugin
}

// NewBuilder checks o. It reads none of the Worker's files yet.
func NewBuilder(o Options) (*Builder, error) {
	o, err := o.resolve()
	if err != nil {
		return nil, err
	}
	rules, warnings, err := newRuleSet(o.Rules)
	if err != nil {
		return nil, err
	}
	b := &Builder{options: o, rules: rules, warnings: warnings}
	if b.module, err = b.target(Module); err != nil {
		return nil, err
	}
	return b, nil
}

func (b *Builder) target(syntax Syntax) (*target, error) {
	p := &plugin{options: &b.options, rules: b.rules, syntax: syntax}
	c, err := api.Context(b.options.esbuild(syntax, p.esbuild()))
	if err != nil {
		// These are about define, alias and so on, and have no place in a file.
		e := &Error{Messages: err.Errors}
		return nil, fmt.Errorf("check options of the bundle: %w", e)
	}
	return &target{context: c, plugin: p}, nil
}

// Close frees the builder after the build that is running. It may be called
// again.
func (b *Builder) Close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	for _, t := range []*target{b.module, b.classic} {
		if t != nil {
			t.context.Dispose()
		}
	}
}

// Rebuild bundles the files as they are now. Errors: *Error for faults of the
// source, ErrClosed, the context's error after its end.
func (b *Builder) Rebuild(ctx context.Context) (*Result, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return nil, ErrClosed
	}
	out, err := b.module.build(ctx)
	if err != nil {
		return nil, err
	}
	if len(out.Errors) == 0 {
		meta, err := b.options.readMetafile(out.Metafile)
		if err != nil {
			return nil, err
		}
		if meta.module() {
			return b.finish(Module, b.module, out, meta)
		}
	} else if !onlyStrictMode(out.Errors) {
		return nil, b.fail(b.module, out)
	}
	return b.rebuildClassic(ctx, out)
}

// rebuildClassic builds a service worker. As a module, which it isn't, it
// gave asModule.
func (b *Builder) rebuildClassic(ctx context.Context, asModule *api.BuildResult) (*Result, error) {
	if b.classic == nil {
		t, err := b.target(ServiceWorker)
		if err != nil {
			return nil, err
		}
		b.classic = t
	}
	out, err := b.classic.build(ctx)
	if err != nil {
		return nil, err
	}
	if len(out.Errors) > 0 {
		return nil, b.fail(b.classic, out)
	}
	meta, err := b.options.readMetafile(out.Metafile)
	if err != nil {
		return nil, err
	}
	if meta.Inputs[meta.entry].Format == "esm" && len(asModule.Errors) > 0 {
		return nil, b.fail(b.module, asModule)
	}
	if meta.Inputs[meta.entry].Format == "cjs" {
		out.Warnings = append(out.Warnings, api.Message{
			Text:  fmt.Sprintf("%s is a CommonJS module, so its exports are not its handlers", b.options.relative(b.options.Entry)),
			Notes: []api.Note{{Text: "It runs as a service worker. To make it a module, write export default in place of module.exports."}},
		})
	}
	return b.finish(ServiceWorker, b.classic, out, meta)
}

// onlyStrictMode reports whether each fault is of code that a classic script
// may contain and a module may not.
func onlyStrictMode(faults []api.Message) bool {
	for _, m := range faults {
		if !strings.Contains(m.Text, `with the "esm" output format`) {
			return false
		}
	}
	return true
}

// build runs esbuild until it is done or ctx ends.
func (t *target) build(ctx context.Context) (*api.BuildResult, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("bundle Worker: %w", err)
	}
	t.plugin.start()
	stop := context.AfterFunc(ctx, t.context.Cancel)
	out := t.context.Rebuild()
	stop()
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("bundle Worker: %w", err)
	}
	return &out, nil
}

func (b *Builder) fail(t *target, out *api.BuildResult) error {
	files := t.plugin.files()
	for _, m := range out.Errors {
		if path := b.options.missing(&m); path != "" {
			files = append(files, path)
		}
	}
	e := newError(&b.options, out, b.options.inputs(files))
	e.Warnings = append(slices.Clone(b.warnings), e.Warnings...)
	return e
}

func (b *Builder) finish(syntax Syntax, t *target, out *api.BuildResult, meta *metafile) (*Result, error) {
	bundle := &Bundle{Name: b.options.name(), Syntax: syntax}
	files := t.plugin.files()
	warnings := append(slices.Clone(b.warnings), out.Warnings...)
	path := filepath.Join(b.options.Dir, bundle.Name)
	for _, file := range out.OutputFiles {
		switch file.Path {
		case path:
			bundle.Code = file.Contents
		case path + ".map":
			bundle.Map = file.Contents
		}
	}
	if bundle.Code == nil || bundle.Map == nil {
		return nil, fmt.Errorf("bundle %s: esbuild made no code and source map", b.options.relative(b.options.Entry))
	}
	if syntax == Module {
		bundle.Externals = meta.externals(b.options.Provided)
	}
	wrong, doubtful := b.options.invalidText(bundle.Code, files)
	if len(wrong) > 0 {
		out.Errors = wrong
		return nil, b.fail(t, out)
	}
	warnings = append(warnings, doubtful...)
	for _, file := range files {
		if filepath.Ext(file) == ".css" {
			warnings = append(warnings, b.options.cssWarning(file))
		}
	}
	for i, m := range warnings {
		warnings[i] = validMessage(m)
	}
	return &Result{Bundle: bundle, Inputs: b.options.inputs(files), Warnings: warnings}, nil
}
