package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"time"

	"github.com/evanw/esbuild/pkg/api"

	"github.com/bindery/bindery/node/dev"
	"github.com/bindery/bindery/node/ingress"
	"github.com/bindery/bindery/runtime"
	"github.com/bindery/bindery/runtime/invocation"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// jsonReporter prints one JSON object a line; jsonKeys is the reference.
type jsonReporter struct {
	out   *output
	level level
}

var _ dev.Reporter = (*jsonReporter)(nil)

// head begins every line.
type head struct {
	Time  time.Time `json:"time"`
	Type  string    `json:"type"`
	Level string    `json:"level"`
}

// put prints what with returns, if its level is to be printed.
func (j *jsonReporter) put(l level, kind string, with func(h head) any) {
	if l < j.level {
		return
	}
	var line bytes.Buffer
	enc := json.NewEncoder(&line)
	enc.SetEscapeHTML(false) // nobody puts these lines into a page, and people read them
	if err := enc.Encode(with(head{time.Now(), kind, l.String()})); err != nil {
		return // a struct of strings and numbers always marshals
	}
	j.out.print(func(b []byte) []byte { return append(b, line.Bytes()...) })
}

func (j *jsonReporter) Console(worker string, _ *invocation.Invocation, e webidl.LogEntry) {
	l := consoleLevel(e.Level)
	if l < j.level {
		return
	}
	j.put(l, "console", func(h head) any {
		if e.Level == "debug" {
			h.Level = e.Level
		}
		return struct {
			head
			Worker  string `json:"worker"`
			Message string `json:"message"`
		}{h, worker, e.Text}
	})
}

func (j *jsonReporter) Exception(worker string, _ *invocation.Invocation, e *runtime.Uncaught) {
	j.put(levelError, "exception", func(h head) any {
		name := e.Name
		if name == "" {
			name = e.Class
		}
		return struct {
			head
			Worker  string `json:"worker"`
			Name    string `json:"name"`
			Message string `json:"message"`
			Stack   string `json:"stack,omitempty"`
			In      string `json:"in"`
			GoStack string `json:"goStack,omitempty"`
		}{h, worker, name, e.Message, e.Stack, e.In, e.GoStack}
	})
}

func (j *jsonReporter) Failure(worker string, inv *invocation.Invocation, err error) {
	var thrown *webidl.Thrown
	if !errors.As(err, &thrown) {
		thrown = &webidl.Thrown{Class: "Error", Message: err.Error()}
	}
	j.Exception(worker, inv, &runtime.Uncaught{Thrown: thrown, In: "fetch handler"})
}

func (j *jsonReporter) Request(e ingress.Entry) {
	j.put(levelInfo, "request", func(h head) any {
		return struct {
			head
			Worker  string  `json:"worker,omitempty"`
			Method  string  `json:"method"`
			Host    string  `json:"host"`
			Path    string  `json:"path"`
			Status  int     `json:"status"`
			Bytes   int64   `json:"bytes"`
			MS      float64 `json:"ms"`
			Aborted string  `json:"aborted,omitempty"`
		}{h, e.Worker, e.Method, e.Host, e.Target, e.Status, e.Bytes, float64(e.Duration.Microseconds()) / 1000, e.Aborted}
	})
}

type jsonService struct {
	Name       string `json:"name"`
	Service    string `json:"service"`
	Entrypoint string `json:"entrypoint,omitempty"`
}

type jsonWorker struct {
	Name     string        `json:"name"`
	Version  string        `json:"version"`
	Root     bool          `json:"root"`
	Reached  bool          `json:"reached"`
	Routes   []string      `json:"routes"`
	Bindings []jsonService `json:"bindings"`
	File     string        `json:"file"`
}

func (j *jsonReporter) Ready(g *dev.Generation, addresses []string, took time.Duration) {
	j.put(levelInfo, "ready", func(h head) any {
		workers := make([]jsonWorker, 0, len(g.Workers))
		for _, w := range g.Workers {
			row := jsonWorker{w.Name, w.Version, w.Root, w.Reached, append([]string{}, w.Routes...), []jsonService{}, w.File}
			for _, s := range w.Services {
				row.Bindings = append(row.Bindings, jsonService{s.Binding, s.Worker, s.Entrypoint})
			}
			workers = append(workers, row)
		}
		return struct {
			head
			URL       string       `json:"url"`
			Addresses []string     `json:"addresses"`
			MS        float64      `json:"ms"`
			Workers   []jsonWorker `json:"workers"`
		}{h, "http://localhost:" + portOf(addresses[0]), addresses, milliseconds(took), workers}
	})
}

func (j *jsonReporter) Swapped(s dev.Swap) {
	j.put(levelInfo, "swap", func(h head) any {
		return struct {
			head
			Changed  []string `json:"changed"`
			Gone     []string `json:"gone"`
			Repaired bool     `json:"repaired"`
			MS       float64  `json:"ms"`
		}{h, append([]string{}, s.Changed...), append([]string{}, s.Gone...), s.Repaired, milliseconds(s.Took)}
	})
}

func (j *jsonReporter) Repaired(took time.Duration) {
	j.put(levelInfo, "repaired", func(h head) any {
		return struct {
			head
			MS float64 `json:"ms"`
		}{h, milliseconds(took)}
	})
}

// jsonMessage is a message about a file.
type jsonMessage struct {
	Message    string        `json:"message"`
	File       string        `json:"file,omitempty"`
	Line       int           `json:"line,omitempty"`
	Column     int           `json:"column,omitempty"`
	LineText   string        `json:"lineText,omitempty"`
	Suggestion string        `json:"suggestion,omitempty"`
	Notes      []jsonMessage `json:"notes,omitempty"`
}

func toJSON(text string, at *api.Location, notes []api.Note) jsonMessage {
	m := jsonMessage{Message: text}
	if at != nil {
		m.File, m.Line, m.Column, m.LineText, m.Suggestion = at.File, at.Line, at.Column+1, at.LineText, at.Suggestion
	}
	for _, n := range notes {
		m.Notes = append(m.Notes, toJSON(n.Text, n.Location, nil))
	}
	return m
}

func (j *jsonReporter) Faulty(f *dev.Fault) {
	j.put(levelError, "fault", func(h head) any {
		var list []jsonMessage
		for _, m := range f.Messages {
			list = append(list, toJSON(m.Text, m.Location, m.Notes))
		}
		return struct {
			head
			Messages []jsonMessage `json:"messages"`
		}{h, list}
	})
}

func (j *jsonReporter) Warnings(messages []api.Message) {
	for _, m := range messages {
		j.put(levelWarn, "warning", func(h head) any {
			return struct {
				head
				jsonMessage
			}{h, toJSON(m.Text, m.Location, m.Notes)}
		})
	}
}

func (j *jsonReporter) Trouble(text string) {
	j.put(levelWarn, "trouble", func(h head) any {
		return struct {
			head
			Message string `json:"message"`
		}{h, text}
	})
}

func (j *jsonReporter) Stopping() { j.put(levelInfo, "stopping", func(h head) any { return h }) }
