package config

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/evanw/esbuild/pkg/api"
)

const (
	// maxName is the length of a Worker's name: it is a label of NAME.localhost.
	maxName = 63

	// maxCPUMs and maxSubrequests are the most that Cloudflare allows
	// (https://developers.cloudflare.com/workers/platform/limits/).
	maxCPUMs       = 300_000
	maxSubrequests = 10_000_000
)

var (
	validName = regexp.MustCompile(`^[a-z0-9_][a-z0-9_-]*$`)
	validEnv  = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.-]*$`)
)

const wantName = `a string of lower-case letters, digits and dashes, such as "auth"`

// file is a wrangler file on the way to a Worker.
type file struct {
	*source
	root setting // the top level
	env  setting // the chosen environment; absent for none
	w    *Worker

	misnamed bool // the chosen environment isn't there, so that the name is nobody's
}

// build makes a Worker of a file's tree. What is wrong goes into the source.
func (f *file) build(env string) {
	w := f.w
	w.File, w.Dir = f.path, filepath.Dir(f.path)
	checkFields(f.source, f.root.value, "")
	f.environments(env)
	f.name(env)
	f.main()
	f.compatibility()
	f.bindings()
	f.routes()
	f.limits()
	f.placement()
	f.dev()
	f.bundle()
}

// inherit returns a field of the environment or, if it has none, of the top level.
func (f *file) inherit(name string) setting {
	if t := f.env.in(name); t.present() {
		return t
	}
	return f.root.in(name)
}

// own returns a field that an environment doesn't inherit.
func (f *file) own(name string) setting {
	if f.env.present() {
		return f.env.in(name)
	}
	return f.root.in(name)
}

// environments reads the names of [env.*] and chooses one. As in wrangler, a file that has other environments than
// the one that was asked for is an error, and one that has none gets a warning and is taken as it is.
func (f *file) environments(env string) {
	all := f.root.in("env")
	f.w.realNames = map[string]string{}
	if all.isTable("a table of environments, as in [env.staging]") {
		for _, m := range all.value.members {
			if !all.in(m.name).isTable("a table, as in [env." + m.name + "]") {
				continue
			}
			if !validEnv.MatchString(m.name) {
				f.errorf(m.key, "env.%s: %q is not the name of an environment; use letters, digits, dashes and dots", m.name, m.name)
				continue
			}
			f.w.Environments = append(f.w.Environments, m.name)
		}
	}
	if env == "" {
		return
	}
	f.w.Environment = env
	chosen := all.in(env)
	if chosen.present() && chosen.value.kind == kindTable {
		f.env = chosen
		f.env.path = "env." + env
		checkFields(f.source, chosen.value, f.env.path)
		f.notInherited()
		return
	}
	if len(f.w.Environments) > 0 {
		near := closest(env, f.w.Environments)
		text := fmt.Sprintf("env: no environment %q; this file has %s", env, quoteList(f.w.Environments))
		if near != "" {
			text += fmt.Sprintf(" (did you mean %q?)", near)
		}
		f.error(api.Message{Text: text, Location: f.at(all.key)})
		f.misnamed = true
		return
	}
	where := f.root.in("name").key
	f.warnf(where, "env: no environment %q in this file; its top level is used, under the name of that environment (add [env.%s])", env, env)
}

// notInherited warns of what the top level has and the environment doesn't get.
func (f *file) notInherited() {
	for _, m := range f.root.value.members {
		if fields[m.name].scope != perEnv {
			continue
		}
		own := f.env.in(m.name)
		if !own.present() {
			f.warnf(f.env.key, "%s: %q exists at the top level, but not here; it is not inherited by environments", f.env.path, m.name)
			continue
		}
		if missing := missingNames(m.value, own.value); len(missing) > 0 {
			f.warnf(own.key, "%s: the top level also has %s; %q is not inherited by environments", own.path, quoteList(missing), m.name)
		}
	}
}

// missingNames are the keys of a table, or the bindings of an array, that the second one lacks.
func missingNames(top, own *value) []string {
	names := func(v *value) (out []string) {
		for _, m := range v.members {
			out = append(out, m.name)
		}
		for _, item := range v.items {
			if m := item.get("binding"); m != nil && m.value.kind == kindString {
				out = append(out, m.value.text)
			}
		}
		return out
	}
	has := names(own)
	return slices.DeleteFunc(names(top), func(name string) bool { return slices.Contains(has, name) })
}

// name reads the Worker's name, and the ones that it has in its environments.
func (f *file) name(env string) {
	top := f.root.in("name")
	name, ok := f.validName(top)
	if !top.present() {
		example := madeName(filepath.Base(filepath.Dir(f.path)))
		f.errorf(span{}, "name: it is missing; add one, such as %s", f.assignment("name", example))
	}
	w := f.w
	w.TopLevelName, w.Name = name, name
	if ok {
		w.NamePos = *f.at(top.value.span)
	}
	for _, e := range w.Environments {
		own := f.root.in("env").in(e).in("name")
		real := name + "-" + e
		if own.present() && own.value.kind == kindString && own.value.text != "" {
			real = own.value.text
		}
		w.realNames[e] = real
	}
	if env == "" {
		return
	}
	w.Name = name + "-" + env
	own := f.env.in("name")
	if !own.present() && len(w.Name) > maxName {
		f.errorf(top.value.span, "name: %q has more than %d characters; give env.%s a name of its own", w.Name, maxName, env)
	}
	if text, ok := f.validName(own); ok {
		w.Name, w.NamePos = text, *f.at(own.value.span)
	}
}

func (f *file) validName(t setting) (string, bool) {
	name, ok := t.str(wantName)
	if !ok || validName.MatchString(name) && len(name) <= maxName {
		return name, ok
	}
	text := fmt.Sprintf("%s: %q is not a Worker's name; use lower-case letters, digits and dashes, at most %d", t.path, name, maxName)
	f.error(api.Message{Text: text, Location: f.suggest(t.value.span, madeName(name))})
	return "", false
}

// assignment is how a setting is written in this file's language.
func (f *file) assignment(key, text string) string {
	if strings.HasSuffix(f.path, ".toml") {
		return fmt.Sprintf("%s = %q", key, text)
	}
	return fmt.Sprintf("%q: %q", key, text)
}

func (f *file) main() {
	t := f.inherit("main")
	main, ok := t.need(f.root, "main", `a string, the path of the Worker's module, such as "src/index.ts"`)
	if !ok {
		return
	}
	path, ok := f.resolve(t, main)
	if !ok {
		return
	}
	f.w.Main = path
	if f.inherit("build").in("command").present() {
		return // the build command makes it
	}
	if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
		return
	}
	near := ""
	if entries, err := os.ReadDir(filepath.Dir(path)); err == nil && len(entries) < 1000 {
		var names []string
		for _, e := range entries {
			if e.Type().IsRegular() {
				names = append(names, e.Name())
			}
		}
		if found := closest(filepath.Base(path), names); found != "" {
			near = main[:strings.LastIndexAny(main, `/\`)+1] + found
		}
	}
	text := fmt.Sprintf("%s: there is no file %s", t.path, main)
	if near != "" {
		text += fmt.Sprintf(" (did you mean %q?)", near)
	}
	f.error(api.Message{Text: text, Location: f.suggest(t.value.span, near)})
}

// resolve makes a path of the file absolute.
func (f *file) resolve(t setting, path string) (string, bool) {
	if strings.ContainsRune(path, 0) {
		f.errorf(t.value.span, "%s: a path can't have a zero byte", t.path)
		return "", false
	}
	if filepath.IsAbs(path) {
		return filepath.Clean(path), true
	}
	return filepath.Join(f.w.Dir, filepath.FromSlash(path)), true
}

func (f *file) compatibility() {
	w := f.w
	w.CompatibilityFlags = f.inherit("compatibility_flags").strs(`an array of strings, such as ["nodejs_compat"]`, "a string")
	t := f.inherit("compatibility_date")
	if !t.present() {
		f.warnf(f.root.in("name").key, "compatibility_date: it is missing; the Worker runs as on %s (add %s)", CompatibilityDate, f.assignment("compatibility_date", CompatibilityDate))
		return
	}
	date, ok := t.str(`a string, such as "` + CompatibilityDate + `"`)
	if !ok {
		return
	}
	if _, err := time.Parse(time.DateOnly, date); err != nil {
		text := fmt.Sprintf("%s: %q is not a date; write YYYY-MM-DD", t.path, date)
		near := strings.NewReplacer("–", "-", "—", "-", "/", "-").Replace(date)
		if _, err := time.Parse(time.DateOnly, near); err != nil {
			near = CompatibilityDate
		}
		f.error(api.Message{Text: text, Location: f.suggest(t.value.span, near)})
		return
	}
	w.CompatibilityDate = date
	if date != CompatibilityDate {
		f.warnf(t.value.span, "%s: one behaviour is provided, that of %s; the Worker doesn't run as on %s", t.path, CompatibilityDate, date)
	}
}

// limits reads the limits of an invocation. An environment's limits take the place of all of the top level's.
func (f *file) limits() {
	t := f.inherit("limits")
	if !t.isTable("a table, such as { cpu_ms = 300, subrequests = 100 }") {
		return
	}
	t.only("cpu_ms", "subrequests")
	f.w.Limits.CPUMs, _ = t.in("cpu_ms").number(1, maxCPUMs, "an integer of milliseconds")
	f.w.Limits.Subrequests, _ = t.in("subrequests").number(1, maxSubrequests, "an integer")
}

func (f *file) dev() {
	t := f.root.in("dev")
	if !t.isTable("a table, such as { port = 8787 }") {
		return
	}
	for _, m := range t.value.members {
		switch m.name {
		case "ip", "port":
		case "inspector_port", "inspector_ip", "local_protocol", "upstream_protocol", "host", "enable_containers", "container_engine", "generate_types":
			f.warnf(m.key, "dev.%s: %q is not supported: it has no effect", m.name, m.name)
		default:
			unexpected(f.source, m, "dev."+m.name, []string{"ip", "port"})
		}
	}
	f.w.Dev.IP, _ = t.in("ip").str(`a string, such as "localhost"`)
	f.w.Dev.Port, _ = t.in("port").number(0, 65535, "an integer")
}

// madeName makes a valid Worker's name of any text.
func madeName(text string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(text) {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '_' || r == '-' {
			b.WriteRune(r)
		} else {
			b.WriteByte('-')
		}
	}
	name := strings.Trim(b.String(), "-")
	name = strings.TrimRight(name[:min(len(name), maxName)], "-")
	if name == "" {
		return "worker"
	}
	return name
}

func quoteList(names []string) string {
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = fmt.Sprintf("%q", name)
	}
	return strings.Join(quoted, ", ")
}
