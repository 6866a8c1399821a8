package dev

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"reflect"
	"slices"
	"strings"

	"github.com/evanw/esbuild/pkg/api"

	"github.com/bindery/bindery/node/compiler"
	"github.com/bindery/bindery/node/config"
	"github.com/bindery/bindery/runtime"
	"github.com/bindery/bindery/runtime/bundle"
	"github.com/bindery/bindery/runtime/bundle/lower"
)

// code is the code of one Worker, kept from build to build.
type code struct {
	name    string // what the compiler keeps its state by
	options bundle.Options
	command config.Build // makes the entry, if there is one

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
	return &code{name: key(w), options: bundleOptions(w), command: w.Bundle.Build, stale: true, remake: true}
}

// same reports whether c was made of the same options that w has now.
func (c *code) same(w *config.Worker) bool {
	return reflect.DeepEqual(c.options, bundleOptions(w)) && reflect.DeepEqual(c.command, w.Bundle.Build)
}

// build brings c up to date with its files. What went wrong is in c.err.
func (c *code) build(ctx context.Context, with *compiler.Compiler) {
	c.stale = false
	c.warnings = nil
	if c.err = c.runCommand(ctx); c.err != nil {
		return
	}
	built, err := with.Build(ctx, c.name, c.options)
	if err != nil {
		c.err = err
		var b *bundle.Error
		var e *compiler.Error
		switch {
		case errors.As(err, &b):
			c.inputs, c.warnings = b.Inputs, b.Warnings
		case errors.As(err, &e):
			c.inputs = joined(c.inputs, e.Files, []string{c.options.Entry})
		}
		return
	}
	c.inputs, c.warnings = built.Inputs, built.Warnings
	c.hash, c.program = built.Hash, built.Program
	c.classic = built.Bundle.Syntax == bundle.ServiceWorker
}

// joined is what is in any of some lists, sorted.
func joined(lists ...[]string) []string {
	all := slices.Concat(lists...)
	slices.Sort(all)
	return slices.Compact(all)
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
