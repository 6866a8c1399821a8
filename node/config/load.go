package config

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"

	"github.com/evanw/esbuild/pkg/api"
)

// Options say how files are read.
type Options struct {
	// Env is the environment, as in --env; "" is the top level.
	Env string
	// Secrets reads .dev.vars beside each wrangler file, or .dev.vars.ENV instead where it exists.
	Secrets bool
	// Base is the folder that files are named from in messages; the working directory by default.
	Base string
	// Exists reports whether there is a Worker of that name that isn't among those that are read. If it is not nil, a service binding to a
	// Worker that neither is read nor exists is an error.
	Exists func(name string) bool
}

// Load reads Workers. A path is a wrangler file, a folder that has one, or a bare script.
//
// With an environment, a file that has [env.NAME] is read with it; a file that has other environments only is an
// error that lists them; a file that has none is read as it is, with a warning, under the name NAME-ENV: so does
// wrangler.
//
// Errors: *Error, with every fault of every file, and of their bindings to each other. The warnings are complete with and without an error.
// Both are sorted by file and line.
func Load(paths []string, o Options) (*Set, []api.Message, error) {
	l := loader{o: o, base: baseDir(o.Base)}
	if o.Env != "" && !validEnv.MatchString(o.Env) {
		l.errors = append(l.errors, api.Message{Text: fmt.Sprintf("env: %q is not the name of an environment; use letters, digits, dashes and dots", o.Env)})
		return nil, nil, l.err()
	}
	for _, path := range paths {
		l.load(path)
	}
	l.distinct()
	l.distinctRoutes()
	l.resolve()
	l.missingServices()
	for _, s := range l.sources {
		l.errors = append(l.errors, s.errors...)
		l.warnings = append(l.warnings, s.warnings...)
	}
	sortMessages(l.warnings)
	if err := l.err(); err != nil {
		return nil, l.warnings, err
	}
	return &Set{Workers: l.workers}, l.warnings, nil
}

type loader struct {
	o       Options
	base    string
	sources []*source
	workers []*Worker
	unread  bool // some file's Worker isn't among workers under its name
	seen    map[string]bool

	errors, warnings []api.Message
}

func (l *loader) err() error {
	if len(l.errors) == 0 {
		return nil
	}
	sortMessages(l.errors)
	return &Error{Messages: l.errors}
}

func baseDir(base string) string {
	if abs, err := filepath.Abs(cmp.Or(base, ".")); err == nil {
		return abs
	}
	return base
}

// load reads one path.
func (l *loader) load(path string) {
	if !l.read(path) {
		l.unread = true
	}
}

// read reports whether the path's Worker is among those of l, under its name.
func (l *loader) read(path string) bool {
	abs, err := filepath.Abs(path)
	if err != nil {
		l.errors = append(l.errors, api.Message{Text: fmt.Sprintf("read %s: %v", path, err)})
		return false
	}
	if info, err := os.Stat(abs); err == nil && info.IsDir() {
		found := inFolder(abs)
		if found == "" {
			l.errors = append(l.errors, api.Message{Text: fmt.Sprintf("read %s: the folder has no wrangler.json, wrangler.jsonc or wrangler.toml", shownPath(abs, l.base))})
			return false
		}
		abs = found
	}
	if l.seen[abs] {
		return true
	}
	if l.seen == nil {
		l.seen = map[string]bool{}
	}
	l.seen[abs] = true
	ext := filepath.Ext(abs)
	if scriptExtensions[ext] {
		w, err := script(abs, l.base)
		if err != nil {
			l.errors = append(l.errors, err.Messages...)
			return false
		}
		l.workers = append(l.workers, w)
		return true
	}
	parse := parseJSONC
	switch ext {
	case ".toml":
		parse = parseTOML
	case ".json", ".jsonc":
	default:
		l.errors = append(l.errors, api.Message{Text: fmt.Sprintf("read %s: expected a wrangler file (.toml, .json or .jsonc), a folder that has one, or a script (.js, .mjs, .ts, ...)", shownPath(abs, l.base))})
		return false
	}
	s := openSource(abs, l.base)
	l.sources = append(l.sources, s)
	if len(s.errors) > 0 {
		return false
	}
	root := parse(s)
	if root == nil {
		return false
	}
	f := &file{source: s, root: setting{s: s, value: &value{kind: kindTable, index: root.index, members: root.members}}, w: &Worker{}}
	f.build(l.o.Env)
	if l.o.Secrets {
		l.secrets(f)
	}
	l.workers = append(l.workers, f.w)
	return !f.misnamed
}

// distinct reports Workers of one name.
func (l *loader) distinct() {
	first := map[string]*Worker{}
	for _, w := range l.workers {
		if w.Name == "" {
			continue // reported
		}
		other := first[w.Name]
		if other == nil {
			first[w.Name] = w
			continue
		}
		m := api.Message{Text: fmt.Sprintf("name: two Workers are named %q: that of %s and that of %s", w.Name, l.origin(other), l.origin(w))}
		if w.NamePos.File != "" {
			loc := w.NamePos
			m.Location = &loc
		}
		if other.NamePos.File != "" {
			loc := other.NamePos
			m.Notes = []api.Note{{Text: "The other one is here:", Location: &loc}}
		}
		l.errors = append(l.errors, m)
	}
}

// distinctRoutes reports routes of two Workers: only one of them would ever be reached.
func (l *loader) distinctRoutes() {
	type owned struct {
		worker *Worker
		route  Route
	}
	first := map[string]owned{}
	for _, w := range l.workers {
		for _, r := range w.Routes {
			key := r.key()
			other, taken := first[key]
			if !taken {
				first[key] = owned{w, r}
				continue
			}
			if other.worker == w {
				continue
			}
			loc, at := r.Pos, other.route.Pos
			l.errors = append(l.errors, api.Message{
				Text:     fmt.Sprintf("routes: %q is a route of Worker %q already; a route belongs to one Worker", r.Pattern, other.worker.Name),
				Location: &loc,
				Notes:    []api.Note{{Text: "It is here:", Location: &at}},
			})
		}
	}
}

func (l *loader) origin(w *Worker) string {
	return shownPath(cmp.Or(w.File, w.Main), l.base)
}

// resolve gives each service binding with an environment the real name of the Worker it means.
func (l *loader) resolve() {
	byName := map[string]*Worker{}
	for _, w := range l.workers {
		if w.TopLevelName != "" {
			byName[w.TopLevelName] = w
		}
	}
	for _, w := range l.workers {
		for i := range w.Services {
			s := &w.Services[i]
			if s.Environment == "" {
				continue
			}
			target := byName[s.Service]
			if target == nil {
				s.Service += "-" + s.Environment
				continue
			}
			real, ok := target.realNames[s.Environment]
			if !ok && s.Environment == target.Environment {
				real, ok = target.Name, true
			}
			if !ok {
				l.unknownEnvironment(s, target)
				real = "" // said once
			}
			s.Service = real
		}
	}
}

func (l *loader) unknownEnvironment(s *Service, target *Worker) {
	text := fmt.Sprintf("%s.environment: Worker %q has no environment %q; it has ", s.key, s.Service, s.Environment)
	loc := *s.envPos
	if len(target.Environments) == 0 {
		text += "none"
	} else {
		text += quoteList(target.Environments)
	}
	if near := closest(s.Environment, target.Environments); near != "" {
		text += fmt.Sprintf(" (did you mean %q?)", near)
		loc.Suggestion = fmt.Sprintf("%q", near)
	}
	m := api.Message{Text: text, Location: &loc}
	if target.NamePos.File != "" {
		at := target.NamePos
		m.Notes = []api.Note{{Text: "It is declared here:", Location: &at}}
	}
	l.errors = append(l.errors, m)
}

// missingServices reports each service binding whose Worker there isn't. While the name of some Worker isn't known, it might be the one that
// is meant.
func (l *loader) missingServices() {
	if l.o.Exists == nil || l.unread {
		return
	}
	set := &Set{Workers: l.workers}
	var names []string
	for _, w := range l.workers {
		if w.Name == "" {
			return
		}
		names = append(names, w.Name)
	}
	for _, w := range l.workers {
		for _, s := range w.Services {
			if s.Service != "" && set.Find(s.Service) == nil && !l.o.Exists(s.Service) {
				l.errors = append(l.errors, missingService(set, w, s, names))
			}
		}
	}
}

func missingService(set *Set, w *Worker, s Service, names []string) api.Message {
	loc := s.Pos
	m := api.Message{
		Text:     fmt.Sprintf("%s.service: there is no Worker named %q, which %q binds to as %s", s.key, s.Service, w.Name, s.Binding),
		Location: &loc,
	}
	note := func(target *Worker, format string, args ...any) {
		n := api.Note{Text: fmt.Sprintf(format, args...)}
		if target.NamePos.File != "" {
			at := target.NamePos
			n.Text += " It is declared here:"
			n.Location = &at
		}
		m.Notes = append(m.Notes, n)
	}
	for _, target := range set.Workers {
		if target.TopLevelName == s.Service && target.Environment != "" {
			note(target, "In environment %q that Worker is named %q: write environment = %q beside it.", target.Environment, target.Name, target.Environment)
			return m
		}
		for _, env := range target.Environments {
			if target.realNames[env] == s.Service {
				note(target, "That is the name of %q in environment %q; here its name is %q.", target.TopLevelName, env, target.Name)
				return m
			}
		}
	}
	if near := closest(s.Service, names); near != "" {
		if s.Environment == "" {
			loc.Suggestion = fmt.Sprintf("%q", near)
		}
		note(set.Find(near), "Did you mean %q?", near)
	} else if len(names) > 1 {
		m.Notes = append(m.Notes, api.Note{Text: "There are " + quoteList(names) + "."})
	}
	return m
}
