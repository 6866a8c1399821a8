package dev

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"github.com/evanw/esbuild/pkg/api"

	"github.com/bindery/bindery/binding"
	"github.com/bindery/bindery/node/config"
	"github.com/bindery/bindery/node/generation"
	"github.com/bindery/bindery/node/route"
	"github.com/bindery/bindery/runtime"
)

// Generation is one state of all Workers that is served, or was.
type Generation struct {
	// Workers are in the order of their files.
	Workers []Worker
	// Chosen is set where no Worker has a route, so that the roots are those that nobody binds to.
	Chosen bool

	made *generation.Generation
}

// Worker is a Worker of a generation.
type Worker struct {
	Name     string
	Version  string // hash of code and configuration, 64 hexadecimal digits
	Root     bool
	Reached  bool // it is a root, or the bindings of one lead to it
	Routes   []string
	Services []Service
	File     string // its wrangler file, or its script, as messages name it
}

// Service is a service binding.
type Service struct{ Binding, Worker, Entrypoint string }

// Roots are the Workers that can be reached from outside.
func (g *Generation) Roots() []Worker {
	var roots []Worker
	for _, w := range g.Workers {
		if w.Root {
			roots = append(roots, w)
		}
	}
	return roots
}

// changed lists the Workers whose version is not that of the previous generation, and those that it had and this one lacks.
func (g *Generation) changed(previous *Generation) (changed, gone []string) {
	before := map[string]string{}
	if previous != nil {
		for _, w := range previous.Workers {
			before[w.Name] = w.Version
		}
	}
	for _, w := range g.Workers {
		if before[w.Name] != w.Version {
			changed = append(changed, w.Name)
		}
		delete(before, w.Name)
	}
	if previous != nil {
		for _, w := range previous.Workers {
			if _, ok := before[w.Name]; ok {
				gone = append(gone, w.Name)
			}
		}
	}
	return changed, gone
}

// rootNames chooses the roots: the Workers with a route. Where there are none, those that nobody binds to; where all are bound, in a
// circle, the first.
func rootNames(set *config.Set) (names map[string]bool, chosen bool) {
	names = map[string]bool{}
	for _, w := range set.Workers {
		if len(w.Routes) > 0 {
			names[w.Name] = true
		}
	}
	if len(names) > 0 {
		return names, false
	}
	bound := map[string]bool{}
	for _, w := range set.Workers {
		for _, s := range w.Services {
			if s.Service != w.Name {
				bound[s.Service] = true
			}
		}
	}
	for _, w := range set.Workers {
		if !bound[w.Name] {
			names[w.Name] = true
		}
	}
	if len(names) == 0 && len(set.Workers) > 0 {
		names[set.Workers[0].Name] = true
	}
	return names, true
}

// reached follows the bindings from the roots: Workers that only bind each other are in nobody's reach.
func reached(set *config.Set, roots map[string]bool) map[string]bool {
	names := map[string]bool{}
	var follow func(name string)
	follow = func(name string) {
		w := set.Find(name)
		if w == nil || names[name] {
			return
		}
		names[name] = true
		for _, s := range w.Services {
			follow(s.Service)
		}
	}
	for name := range roots {
		follow(name)
	}
	return names
}

// version names code and configuration of a Worker.
func version(w *config.Worker, code string) string {
	h := sha256.New()
	// Maps marshal in the order of their keys; none of these values can fail to.
	_ = json.NewEncoder(h).Encode([]any{
		code, w.Name, services(w), w.Vars, w.Secrets, w.Limits, w.CompatibilityDate, w.CompatibilityFlags,
	})
	return hex.EncodeToString(h.Sum(nil))
}

func services(w *config.Worker) []binding.Service {
	list := make([]binding.Service, 0, len(w.Services))
	for _, s := range w.Services {
		list = append(list, binding.Service{Binding: s.Binding, Worker: s.Service, Entrypoint: s.Entrypoint, Props: s.Props})
	}
	return list
}

// worker is what a generation needs of a Worker.
func worker(w *config.Worker, c *code, root bool) generation.Worker {
	g := generation.Worker{Root: root, Subrequests: w.Limits.Subrequests}
	g.Worker = binding.Worker{
		Name: w.Name, Version: version(w, c.hash), Program: c.program, ServiceWorker: c.classic,
		Services: services(w), Text: map[string]string{}, JSON: map[string]json.RawMessage{},
		Limits: runtime.Limits{CPU: time.Duration(w.Limits.CPUMs) * time.Millisecond},
	}
	for name, v := range w.Vars {
		if v.JSON != nil {
			g.JSON[name] = v.JSON
		} else {
			g.Text[name] = v.Text
		}
	}
	for name, value := range w.Secrets {
		g.Text[name] = value
	}
	for _, r := range w.Routes {
		if p, err := parseRoute(r); err == nil { // package config has checked it
			g.Routes = append(g.Routes, p)
		}
	}
	return g
}

func parseRoute(r config.Route) (route.Pattern, error) {
	if r.CustomDomain {
		return route.ParseDomain(r.Pattern)
	}
	return route.ParsePattern(r.Pattern)
}

// ignored warns of what a configuration asks for and doesn't get here.
func ignored(w *config.Worker, file string) []api.Message {
	var list []api.Message
	warn := func(key, why string) {
		list = append(list, api.Message{Text: fmt.Sprintf("%s: %s: it has no effect: %s", file, key, why)})
	}
	if w.Bundle.NoBundle {
		warn("no_bundle", "code is always bundled")
	}
	if w.Bundle.FindAdditionalModules {
		warn("find_additional_modules", "what a Worker imports is found by its import statements")
	}
	if w.Bundle.KeepNames {
		warn("keep_names", "functions keep their names unless minify is set")
	}
	if w.Bundle.PreserveFileNames {
		warn("preserve_file_names", "all files become one module")
	}
	return list
}
