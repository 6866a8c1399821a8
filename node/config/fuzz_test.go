package config

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/evanw/esbuild/pkg/api"
	"github.com/pelletier/go-toml/v2"
	"github.com/tailscale/hujson"
)

func fuzzSource(name string, text []byte) *source {
	s := &source{path: "/no/such/folder/" + name, shown: name}
	s.setText(text)
	return s
}

// checkMessages checks that every message has a place inside the file, and can be shown.
func checkMessages(t *testing.T, s *source) {
	t.Helper()
	for _, m := range append(s.errors, s.warnings...) {
		loc := m.Location
		if m.Text == "" || loc == nil || loc.File != s.shown || loc.Line < 1 || loc.Line > len(s.lines) || loc.Column < 0 || loc.Length < 0 {
			t.Fatalf("bad message %q at %+v", m.Text, loc)
		}
		if loc.LineText != "" && loc.Column+loc.Length > len(loc.LineText) {
			t.Fatalf("message %q goes beyond its line: %+v", m.Text, loc)
		}
	}
	api.FormatMessages(s.errors, api.FormatMessagesOptions{})
	api.FormatMessages(s.warnings, api.FormatMessagesOptions{Kind: api.WarningMessage})
}

func fuzzParse(t *testing.T, s *source, parse func(*source) *value) *value {
	t.Helper()
	if len(s.errors) > 0 {
		checkMessages(t, s)
		return nil
	}
	root := parse(s)
	if (root == nil) != (len(s.errors) > 0) {
		t.Fatalf("a tree and errors, or neither: %v", s.errors)
	}
	checkMessages(t, s)
	if root == nil {
		return nil
	}
	if strings.Contains(string(s.text), "main") && len(s.text) < 10_000 {
		f := &file{source: s, root: setting{s: s, value: root}, w: &Worker{}}
		f.build("staging")
		checkMessages(t, s)
	}
	return root
}

func FuzzTOML(f *testing.F) {
	for _, text := range []string{
		"name = \"a\"\nmain = 'i.js'\n[env.staging]\nroutes = [\"a.com/*\", {pattern = \"b.com\", custom_domain = true}]",
		"[[services]]\nbinding = \"A\"\nservice = \"b\"\nprops = { a.b = [1, 2.5, \"x\"] }\n[[services]]\n[services.props]\nx = 1",
		"a.b = 1\n[a.b]\n", "[a]\n[a]\n", "a = [[[1]]]\na = 2", "[[a]]\n[a.b]\n[[a]]\n[a.b]", "x = {a = 1}\nx.b = 2",
		"d = 2026-08-01\ne = 07:32:00\nf = 0x1F\ng = inf\nh = 1_000.5e3", "\ufeffa = '''\nx'''\r\nb = \"\"\"\n\\\n y\"\"\"", "\xff", "a = ",
		"main = 1\n[placement]\nmemory = \"1.5 GiB\"\ncpu = 1e-400\nreplicas = \"all\"\nzones = [\"a\"]\nlabels = { \"\" = \"b\" }",
		"[a]\nb.c = 1\n[a.b.d]", "a = index.js", "0='''\r\n", "main = 1\nvars = {a = 1979-05-27}",
		strings.Repeat("a.", 100) + "b = 1", "a = " + strings.Repeat("[", 200),
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		s := fuzzSource("wrangler.toml", text)
		root := fuzzParse(t, s, parseTOML)
		var other map[string]any
		err := toml.Unmarshal(s.text, &other)
		// A date is only told from other values here: nothing takes one.
		dates := root != nil && root.find(func(v *value) bool { return v.kind == kindDate }) != nil
		if root != nil && err != nil && !dates {
			t.Fatalf("go-toml refuses what is taken here: %v", err)
		}
		if root == nil && err == nil && !ownRule(s.errors) {
			t.Fatalf("go-toml takes what is refused here: %s", s.errors[0].Text)
		}
		if root != nil && !dates && !json.Valid(root.appendJSON(nil)) {
			t.Fatalf("not JSON: %s", root.appendJSON(nil))
		}
	})
}

// ownRule reports whether one of the errors is about what TOML allows and this package doesn't.
func ownRule(errors []api.Message) bool {
	for _, m := range errors {
		for _, part := range []string{"no JSON form", "nested more than", "not UTF-8", "64 bits"} {
			if strings.Contains(m.Text, part) {
				return true
			}
		}
	}
	return false
}

func FuzzJSONC(f *testing.F) {
	for _, text := range []string{
		`{"name": "a", "main": "i.js", /* c */ "routes": ["a.com/*"], // d` + "\n}",
		`{"a": 1, "a": 2}`, `[]`, `{`, `{"a": 1e999}`, `{"a": "\ud800"}`, "\ufeff{}", `{"a": [1,],}`, "{\"a\":\x00}", `{"/*": "//"}`,
		`{"main": 1, "env": {"staging": {"vars": {"A": null}, "services": [{"binding": "B", "service": "c"}]}}}`,
		strings.Repeat("[", 100), strings.Repeat(`{"a":`, 100), `/*`, `{"a": "\"]"}`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		s := fuzzSource("wrangler.json", text)
		if _, deep := tooDeep(s.text); !deep && len(s.text) > 100_000 {
			return
		}
		root := fuzzParse(t, s, parseJSONC)
		if root == nil {
			return
		}
		if standard, err := hujson.Standardize(append([]byte(nil), s.text...)); err != nil || !json.Valid(standard) {
			t.Fatalf("taken, but not JSON: %v", err)
		}
		if out := root.appendJSON(nil); !json.Valid(out) {
			t.Fatalf("not JSON: %s", out)
		}
	})
}

func FuzzDevVars(f *testing.F) {
	for _, text := range []string{
		"A=1\nexport B = \"x\\ny\" # c\nC='a\nb'\nD=`it's`\n", "A", "=1", "A=\"", "A=\"x\" y", "A: 1\nA:1", "export =1", "exportA=1",
		"\ufeffA=1\r\nB=2\r\n", "A=a#b", "A=\"\\\"", "#", "\xff",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		s := fuzzSource(".dev.vars", text)
		if len(s.errors) == 0 {
			seen := map[string]bool{}
			for _, v := range parseDevVars(s) {
				if v.name == "" || seen[v.name] || string(s.text[v.key.start:v.key.end]) != v.name {
					t.Fatalf("bad variable %+v", v)
				}
				seen[v.name] = true
			}
		}
		checkMessages(t, s)
	})
}
