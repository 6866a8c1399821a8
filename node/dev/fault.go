package dev

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/evanw/esbuild/pkg/api"

	"github.com/bindery/bindery/node/compiler"
	"github.com/bindery/bindery/node/config"
	"github.com/bindery/bindery/runtime"
	"github.com/bindery/bindery/runtime/bundle"
	"github.com/bindery/bindery/runtime/bundle/lower"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// Stage is how far the way from files to a generation went.
type Stage uint8

// The stages where faults are found.
const (
	Config Stage = iota // wrangler files, .dev.vars, services that are missing
	Code                // bundling, lowering, and running top-level code
)

// Fault is why the files, as they are now, can't be served.
type Fault struct {
	Stage Stage
	// Messages are sorted by file and line; files are named from the base folder. api.FormatMessages renders them.
	Messages []api.Message
}

// Error is the messages without excerpts, one a line.
func (f *Fault) Error() string {
	lines := make([]string, len(f.Messages))
	for i, m := range f.Messages {
		lines[i] = m.Text
		if at := m.Location; at != nil {
			lines[i] = fmt.Sprintf("%s:%d:%d: %s", at.File, at.Line, at.Column+1, m.Text)
		}
	}
	return strings.Join(lines, "\n")
}

// configFault turns an error of package config into a Fault.
func configFault(err error) *Fault {
	var e *config.Error
	if errors.As(err, &e) {
		return &Fault{Stage: Config, Messages: e.Messages}
	}
	return &Fault{Stage: Config, Messages: []api.Message{{Text: err.Error()}}}
}

// codeMessages are the messages of an error of building or lowering a Worker.
func (p *project) codeMessages(w *config.Worker, err error) []api.Message {
	var b *bundle.Error
	var l *lower.Error
	var c *compiler.Error
	switch {
	case errors.As(err, &b):
		return p.named(w, p.rebase(w, b.Messages))
	case errors.As(err, &l):
		return p.named(w, p.rebase(w, l.Messages))
	case errors.As(err, &c):
		return []api.Message{p.compilerMessage(w, c)}
	}
	return []api.Message{{Text: fmt.Sprintf("Worker %q: %v", w.Name, err)}}
}

// named says whose messages those are that have no place in a file.
func (p *project) named(w *config.Worker, messages []api.Message) []api.Message {
	for i, m := range messages {
		if m.Location == nil {
			messages[i].Text = fmt.Sprintf("Worker %q: %s", w.Name, m.Text)
		}
	}
	return messages
}

// compilerMessage is the message of source that the compiler ended over. Which file did it nobody knows: it names the entry, and
// the largest of those that were read.
func (p *project) compilerMessage(w *config.Worker, e *compiler.Error) api.Message {
	m := api.Message{
		Text:     fmt.Sprintf("Worker %q can't be compiled: %v", w.Name, e),
		Location: &api.Location{File: p.shown(real(w.Main)), Line: 1},
	}
	largest, size := "", int64(-1)
	for _, file := range e.Files {
		if info, err := os.Stat(file); err == nil && info.Size() > size {
			largest, size = file, info.Size()
		}
	}
	if len(e.Files) > 1 && largest != "" {
		m.Notes = []api.Note{{Text: fmt.Sprintf("The largest of the %d files that it read is %s (%d kB).", len(e.Files), p.shown(largest), (size+999)/1000)}}
	}
	return m
}

// rebase names the files of messages from the base folder instead of the Worker's.
func (p *project) rebase(w *config.Worker, messages []api.Message) []api.Message {
	place := func(at *api.Location) *api.Location {
		if at == nil {
			return nil
		}
		c := *at
		c.File = p.shown(inFolder(w.Dir, c.File))
		return &c
	}
	out := make([]api.Message, len(messages))
	for i, m := range messages {
		m.Location = place(m.Location)
		notes := m.Notes
		m.Notes = nil
		for _, n := range notes {
			m.Notes = append(m.Notes, api.Note{Text: n.Text, Location: place(n.Location)})
		}
		out[i] = m
	}
	return out
}

// inFolder makes a file's path absolute.
func inFolder(dir, file string) string {
	file = filepath.FromSlash(file)
	if filepath.IsAbs(file) {
		return file
	}
	return filepath.Join(dir, file)
}

// shown is a path as messages name it: from the base folder if it is below it.
func (p *project) shown(path string) string {
	for _, base := range []string{p.base, p.realBase} {
		if rel, err := filepath.Rel(base, path); err == nil && filepath.IsLocal(rel) {
			return filepath.ToSlash(rel)
		}
	}
	return filepath.ToSlash(path)
}

// loadMessages are those of top-level code that failed.
func (p *project) loadMessages(err error) []api.Message {
	var list []api.Message
	for _, e := range unjoin(err) {
		var load *runtime.LoadError
		if !errors.As(e, &load) {
			list = append(list, api.Message{Text: e.Error()})
			continue
		}
		m := api.Message{Text: fmt.Sprintf("Worker %q can't be loaded: %v", load.Worker, load.Err)}
		var thrown *webidl.Thrown
		if errors.As(load.Err, &thrown) {
			m.Location = p.frame(p.set.Find(load.Worker), thrown.Stack)
			if m.Location == nil && thrown.Stack != "" {
				m.Notes = []api.Note{{Text: thrown.Stack}}
			}
		}
		list = append(list, m)
	}
	return list
}

func unjoin(err error) []error {
	if list, ok := err.(interface{ Unwrap() []error }); ok {
		return list.Unwrap()
	}
	return []error{err}
}

// frame is the first place of a stack that is in a file of the Worker, with the line there.
func (p *project) frame(w *config.Worker, stack string) *api.Location {
	if w == nil {
		return nil
	}
	for _, f := range compiler.Frames(stack) {
		path := inFolder(w.Dir, f.File)
		text, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		at := &api.Location{File: p.shown(path), Line: f.Line, Column: max(f.Column-1, 0)}
		if lines := strings.Split(string(text), "\n"); f.Line >= 1 && f.Line <= len(lines) {
			at.LineText = strings.TrimSuffix(lines[f.Line-1], "\r")
			at.Column = min(at.Column, len(at.LineText))
		}
		return at
	}
	return nil
}
