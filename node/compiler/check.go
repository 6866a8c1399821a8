package compiler

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/evanw/esbuild/pkg/api"

	"github.com/bindery/bindery/binding"
	"github.com/bindery/bindery/runtime"
	"github.com/bindery/bindery/runtime/bundle"
	"github.com/bindery/bindery/runtime/bundle/lower"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// Candidate is a Worker that may be released: its code, and what its top level finds in env.
type Candidate struct {
	Worker   string
	Bundle   *bundle.Bundle
	Text     map[string]string          // vars and secrets, by binding name
	JSON     map[string]json.RawMessage // vars that are not text
	Services []string                   // names of service bindings; nobody answers behind them
}

// Finding is what a check found.
type Finding struct {
	// Entrypoints are what bindings can name, the default export as "default", sorted.
	Entrypoints []runtime.Entrypoint
	Warnings    []api.Message
	// Identity names what compiled it: see the function Identity. "" where Err is not nil.
	Identity string
	// Err is what is wrong with the candidate: *lower.Error, *TopLevelError or *Error; or what kept it from being checked: that of the context,
	// and others, of the machine.
	Err error
}

// TopLevelError says that a Worker's top-level code failed. Where it can be told, the messages have file, line and the text there.
type TopLevelError struct{ Messages []api.Message }

func (e *TopLevelError) Error() string { return e.Messages[0].Text }

func (c *Compiler) check(ctx context.Context, candidates []Candidate) []Finding {
	findings := make([]Finding, len(candidates))
	for i, candidate := range candidates {
		findings[i] = c.try(ctx, candidate)
	}
	return findings
}

func (c *Compiler) try(ctx context.Context, candidate Candidate) Finding {
	answer, err := c.exchange(ctx, &request{Bundle: candidate.Bundle, Trial: &trial{
		Worker: candidate.Worker, Text: candidate.Text, JSON: candidate.JSON, Services: candidate.Services,
	}})
	if err != nil {
		return Finding{Err: err}
	}
	return Finding{Entrypoints: answer.Entrypoints, Warnings: answer.Warnings, Identity: c.Identity()}
}

// trial asks for the top-level code to be run, with what it finds in env.
type trial struct {
	Worker   string
	Text     map[string]string
	JSON     map[string]json.RawMessage
	Services []string
}

// run runs the top-level code of a program, on the child's side.
func (t *trial) run(b *bundle.Bundle, program *lower.Program) ([]runtime.Entrypoint, error) {
	guard := runtime.NewGuard(runtime.GuardOptions{})
	defer guard.Close()
	w := binding.Worker{
		Name: t.Worker, Version: "candidate", Program: program, ServiceWorker: b.Syntax == bundle.ServiceWorker, Text: t.Text, JSON: t.JSON,
	}
	for _, s := range t.Services {
		w.Services = append(w.Services, binding.Service{Binding: s, Worker: t.Worker}) // anything will do: the top level can't call it
	}
	composition, err := binding.Compose([]binding.Worker{w}, binding.Options{Guard: guard})
	if err != nil {
		return nil, err
	}
	entrypoints, err := composition.Entrypoints(t.Worker)
	if err != nil {
		return nil, topLevelError(b, err)
	}
	return entrypoints, nil
}

// topLevelError says what a Worker's top-level code did.
func topLevelError(b *bundle.Bundle, err error) error {
	var load *runtime.LoadError
	if errors.As(err, &load) {
		err = load.Err
	}
	m := api.Message{Text: fmt.Sprintf("its top-level code failed: %v", err)}
	var thrown *webidl.Thrown
	if errors.As(err, &thrown) {
		m.Location = place(b, thrown.Stack)
		if m.Location == nil && thrown.Stack != "" {
			m.Notes = []api.Note{{Text: thrown.Stack}}
		}
	}
	return &TopLevelError{Messages: []api.Message{m}}
}

// place is the first frame of a stack that is in one of the sources of a bundle's map, with the line there.
func place(b *bundle.Bundle, stack string) *api.Location {
	var sources struct {
		Sources        []string  `json:"sources"`
		SourcesContent []*string `json:"sourcesContent"`
	}
	if len(b.Map) > 0 && json.Unmarshal(b.Map, &sources) != nil {
		return nil
	}
	for _, f := range Frames(stack) {
		at := &api.Location{File: f.File, Line: f.Line, Column: max(f.Column-1, 0)}
		i := slices.Index(sources.Sources, f.File)
		switch {
		case i >= 0 && i < len(sources.SourcesContent) && sources.SourcesContent[i] != nil:
			at.LineText = line(*sources.SourcesContent[i], f.Line)
		case f.File == b.Name:
			at.LineText = line(string(b.Code), f.Line)
		default:
			continue
		}
		at.Column = min(at.Column, len(at.LineText))
		return at
	}
	return nil
}
