package config

import (
	"fmt"
	"unicode"

	"github.com/evanw/esbuild/pkg/api"
)

// bindings reads services, vars and the names of the required secrets, and sees to it that names are distinct.
func (f *file) bindings() {
	taken := map[string]*api.Location{}
	f.services(taken)
	f.vars(taken)
	f.requiredSecrets(taken)
	if f.env.present() {
		// The top level's are not inherited, but a fault there is one all the same, as in wrangler.
		top := &file{source: f.source, root: f.root, w: &Worker{}}
		taken = map[string]*api.Location{}
		top.services(taken)
		top.vars(taken)
	}
}

// take reserves a name in env. It reports one that isn't an identifier or is taken.
func (f *file) take(taken map[string]*api.Location, name, path string, at span) bool {
	loc := f.at(at)
	if !isIdentifier(name) {
		text := fmt.Sprintf("%s: %q can't be the name of a binding; use an identifier: letters, digits and _, not beginning with a digit", path, name)
		f.error(api.Message{Text: text, Location: f.suggest(at, madeIdentifier(name))})
		return false
	}
	if first := taken[name]; first != nil {
		f.error(api.Message{
			Text:     fmt.Sprintf("%s: the name %q is taken by another binding", path, name),
			Location: loc,
			Notes:    []api.Note{{Text: "It is taken here:", Location: first}},
		})
		return false
	}
	taken[name] = loc
	return true
}

func isIdentifier(name string) bool {
	for i, r := range name {
		if r != '_' && r != '$' && !unicode.IsLetter(r) && (i == 0 || !unicode.IsDigit(r)) {
			return false
		}
	}
	return name != ""
}

func madeIdentifier(name string) string {
	out := make([]rune, 0, len(name))
	for _, r := range name {
		if r != '_' && r != '$' && !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			r = '_'
		}
		if len(out) == 0 && unicode.IsDigit(r) {
			out = append(out, '_')
		}
		out = append(out, r)
	}
	return string(out)
}

const wantServices = `an array of tables, such as [{ binding = "AUTH", service = "auth" }]`

func (f *file) services(taken map[string]*api.Location) {
	for _, t := range f.own("services").list(wantServices) {
		if !t.isTable(`a table, such as { binding = "AUTH", service = "auth" }`) {
			continue
		}
		f.serviceFields(t)
		binding, ok := t.in("binding").need(t, "binding", `a string, the name in env, such as "AUTH"`)
		if ok {
			ok = f.take(taken, binding, t.path+".binding", t.in("binding").value.span)
		}
		name, named := t.in("service").need(t, "service", `a string, the name of a Worker, such as "auth"`)
		if named && !validName.MatchString(name) {
			f.errorf(t.in("service").value.span, "%s.service: %q is not a Worker's name; use lower-case letters, digits and dashes", t.path, name)
			named = false
		}
		s := Service{Binding: binding, Service: name, key: t.path}
		entrypoint := t.in("entrypoint")
		if s.Entrypoint, _ = entrypoint.str(`a string, the name of an exported class, such as "Admin"`); s.Entrypoint == "default" {
			s.Entrypoint = ""
		}
		if env := t.in("environment"); env.present() {
			if text, ok := env.str(`a string, such as "staging"`); ok {
				s.Environment, s.envPos = text, f.at(env.value.span)
			}
		}
		if props := t.in("props"); props.isTable(`a table, such as { role = "admin" }`) && f.noDate(props) {
			s.Props = props.value.appendJSON(nil)
		}
		if ok && named {
			s.Pos = *f.at(t.in("service").value.span)
			f.w.Services = append(f.w.Services, s)
		}
	}
}

func (f *file) serviceFields(t setting) {
	known := []string{"binding", "service", "entrypoint", "environment", "props"}
	for _, m := range t.value.members {
		switch m.name {
		case "binding", "service", "entrypoint", "environment", "props":
		case "remote", "dev":
			f.warnf(m.key, "%s.%s: %q is not supported: the binding is always to a Worker here", t.path, m.name, m.name)
		default:
			unexpected(f.source, m, join(t.path, m.name), known)
		}
	}
}

// noDate reports a date, which has no form in JSON.
func (f *file) noDate(t setting) bool {
	date := t.value.find(func(v *value) bool { return v.kind == kindDate })
	if date == nil {
		return true
	}
	loc := f.at(date.span)
	loc.Suggestion = `"` + date.text + `"`
	f.error(api.Message{Text: fmt.Sprintf("%s: a TOML date is not supported; put it in quotes", t.path), Location: loc})
	return false
}

func (f *file) vars(taken map[string]*api.Location) {
	t := f.own("vars")
	if !t.isTable(`a table, such as { API = "https://example.com" }`) {
		return
	}
	f.w.Vars = make(map[string]Var, len(t.value.members))
	for _, m := range t.value.members {
		item := t.in(m.name)
		if !f.take(taken, m.name, item.path, m.key) || !f.noDate(item) {
			continue
		}
		if m.value.kind == kindString {
			f.w.Vars[m.name] = Var{Text: m.value.text}
		} else {
			f.w.Vars[m.name] = Var{JSON: m.value.appendJSON(nil)}
		}
	}
}

func (f *file) requiredSecrets(taken map[string]*api.Location) {
	t := f.own("secrets")
	if !t.isTable(`a table, such as { required = ["API_KEY"] }`) {
		return
	}
	t.only("required")
	for _, item := range t.in("required").list(`an array of strings, such as ["API_KEY"]`) {
		name, ok := item.str(`a string, the name of a secret, such as "API_KEY"`)
		if ok && f.take(taken, name, item.path, item.value.span) {
			f.w.RequiredSecrets = append(f.w.RequiredSecrets, name)
		}
	}
}
