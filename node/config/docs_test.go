package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestDocumentation checks that docs/configuration.md names every field that is read, and that its examples are right.
func TestDocumentation(t *testing.T) {
	text, err := os.ReadFile("../../docs/configuration.md")
	if err != nil {
		t.Fatal(err)
	}
	doc := string(text)
	for name, f := range fields {
		if f.unsupported == "" && !strings.Contains(doc, "`"+name+"`") {
			t.Errorf("docs/configuration.md lacks %q", name)
		}
	}
	block := func(language string) string {
		_, after, ok := strings.Cut(doc, "```"+language+"\n")
		example, _, closed := strings.Cut(after, "```")
		if !ok || !closed {
			t.Fatalf("docs/configuration.md has no %s example", language)
		}
		return example
	}
	dir := t.TempDir()
	for name, text := range map[string]string{
		"wrangler.toml": block("toml"), ".dev.vars": block("sh"), "src/index.js": "",
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, env := range []string{"", "staging"} {
		set, warnings, err := Load([]string{dir}, Options{Env: env, Secrets: true, Base: dir})
		if err != nil || len(warnings) > 0 {
			t.Fatalf("environment %q: %v, %v", env, err, warnings)
		}
		w := set.Workers[0]
		if w.Secrets["API_KEY"] != "abc" || w.Secrets["TOKEN"] != "two\nlines" || w.Secrets["LITERAL"] != `no \n here` {
			t.Errorf("secrets %q", w.Secrets)
		}
	}
}
