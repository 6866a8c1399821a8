package config

import (
	"errors"
	"fmt"

	"github.com/bindery/bindery/node/route"
	"github.com/evanw/esbuild/pkg/api"
)

const (
	wantRoute  = `a string, such as "example.com/*", or a table, such as { pattern = "example.com", custom_domain = true }`
	wantRoutes = `an array of routes, such as ["example.com/*"]`
)

// routes reads route and routes. An environment that has either has its own; one that has neither inherits both.
func (f *file) routes() {
	f.w.WorkersDev = f.optional("workers_dev")
	from := f.root
	if f.env.in("route").present() || f.env.in("routes").present() {
		from = f.env
	}
	one, many := from.in("route"), from.in("routes")
	if one.present() && many.present() {
		f.error(api.Message{
			Text:     fmt.Sprintf("%s: a file has \"route\" or \"routes\", not both", one.path),
			Location: f.at(one.key),
			Notes:    []api.Note{{Text: `"routes" is here:`, Location: f.at(many.key)}},
		})
		return
	}
	items := many.list(wantRoutes)
	if one.present() {
		items = []setting{one}
		if one.value.kind == kindString && one.value.text == "" {
			f.warnf(one.value.span, "%s: it is empty and ignored; remove it", one.path)
			return
		}
	}
	for _, t := range items {
		if r, ok := f.route(t); ok {
			f.w.Routes = append(f.w.Routes, r)
		}
	}
	if f.env.present() && from.path == "" {
		f.inheritedDomains(many)
	}
}

// inheritedDomains warns, as wrangler does, of Custom Domains that an environment takes from the top level.
func (f *file) inheritedDomains(many setting) {
	var domains []string
	for _, r := range f.w.Routes {
		if r.CustomDomain {
			domains = append(domains, r.Pattern)
		}
	}
	if len(domains) > 0 && many.present() {
		f.warnf(many.key, "routes: %s inherits the Custom Domains %s and takes them from the top level's Worker; give it routes of its own, or routes = []", f.env.path, quoteList(domains))
	}
}

func (f *file) optional(name string) *bool {
	if yes, ok := f.inherit(name).boolean(); ok {
		return &yes
	}
	return nil
}

func (f *file) route(t setting) (Route, bool) {
	if t.value.kind != kindString && t.value.kind != kindTable {
		t.wrong(wantRoute)
		return Route{}, false
	}
	r, pattern := Route{}, t
	if t.value.kind == kindTable {
		t.only("pattern", "zone_id", "zone_name", "custom_domain", "enabled", "previews_enabled")
		pattern = t.in("pattern")
		if !pattern.present() {
			pattern.missing(t, "pattern", `a string, such as "example.com/*"`)
			return Route{}, false
		}
		r.CustomDomain = t.in("custom_domain").flag()
		r.ZoneName, _ = t.in("zone_name").str(`a string, such as "example.com"`)
		r.ZoneID, _ = t.in("zone_id").str("a string")
		if r.ZoneName != "" && r.ZoneID != "" {
			f.errorf(t.in("zone_id").key, "%s: a route has \"zone_name\" or \"zone_id\", not both", t.path)
		}
		for _, name := range []string{"enabled", "previews_enabled"} {
			if m := t.in(name); m.present() {
				f.warnf(m.key, "%s: %q is not supported: the domain is always on", m.path, name)
			}
		}
	}
	text, ok := pattern.str(`a string, such as "example.com/*"`)
	if !ok {
		return Route{}, false
	}
	r.Pattern, r.Pos = text, *f.at(pattern.value.span)
	if _, err := r.parse(); err != nil {
		f.badRoute(pattern, err)
		return Route{}, false
	}
	return r, true
}

func (r Route) parse() (route.Pattern, error) {
	if r.CustomDomain {
		return route.ParseDomain(r.Pattern)
	}
	return route.ParsePattern(r.Pattern)
}

// key is the same for routes that match the same URLs.
func (r Route) key() string {
	p, err := r.parse()
	if err != nil {
		return "" // reported, and never kept
	}
	return p.Key()
}

// badRoute points into the pattern where the file has it letter by letter.
func (f *file) badRoute(t setting, err error) {
	var e *route.SyntaxError
	if !errors.As(err, &e) {
		f.errorf(t.value.span, "%s: %v", t.path, err)
		return
	}
	text := fmt.Sprintf("%s: %q: %s", t.path, e.Pattern, e.Reason)
	if e.Suggestion != "" {
		text += fmt.Sprintf(" (did you mean %q?)", e.Suggestion)
	}
	at := t.value.span
	if at.end-at.start == len(t.value.text)+2 && string(f.text[at.start+1:at.end-1]) == t.value.text && e.Length > 0 {
		at = span{at.start + 1 + e.Offset, at.start + 1 + e.Offset + e.Length}
	}
	f.error(api.Message{Text: text, Location: f.at(at)})
}
