package config_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/bindery/bindery/node/config"
)

// write makes files in a new folder and returns it.
func write(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestDiscover(t *testing.T) {
	dir := write(t, map[string]string{
		"wrangler.toml": "", "b/wrangler.toml": "", "b/wrangler.jsonc": "", "a/wrangler.toml": "", "a/wrangler.jsonc": "",
		"a/wrangler.json": "", "c/d/wrangler.jsonc": "", "node_modules/x/wrangler.toml": "", "c/node_modules/x/wrangler.toml": "",
		".wrangler/wrangler.toml": "", "e/other.toml": "", "f/wrangler.toml/x": "",
	})
	got, err := config.Discover(dir)
	if err != nil {
		t.Fatal(err)
	}
	for i := range got {
		got[i], _ = filepath.Rel(dir, got[i])
	}
	want := []string{"wrangler.toml", "a/wrangler.json", "b/wrangler.jsonc", "c/d/wrangler.jsonc"}
	if !slices.Equal(got, want) {
		t.Errorf("found %v, want %v", got, want)
	}
	for _, bad := range []string{filepath.Join(dir, "none"), filepath.Join(dir, "wrangler.toml")} {
		if _, err := config.Discover(bad); err == nil {
			t.Errorf("Discover(%s): no error", bad)
		}
	}
}

func TestScriptNames(t *testing.T) {
	long := strings.Repeat("x", 80)
	for file, want := range map[string]string{
		"auth.js": "auth", "Hello World.ts": "hello-world", "été.mjs": "t", "a.b.js": "a-b", "_x.tsx": "_x", "-.js": "worker",
		long + ".js": long[:63],
	} {
		dir := write(t, map[string]string{file: ""})
		w, err := config.Script(filepath.Join(dir, file))
		if err != nil {
			t.Errorf("%s: %v", file, err)
		} else if w.Name != want || w.Main != filepath.Join(dir, file) {
			t.Errorf("%s is %q of %s, want %q", file, w.Name, w.Main, want)
		}
	}
	dir := write(t, map[string]string{"a.txt": "", "d.js/x": ""})
	for _, name := range []string{"a.txt", "none.js", "d.js"} {
		var e *config.Error
		if _, err := config.Script(filepath.Join(dir, name)); !errors.As(err, &e) {
			t.Errorf("%s: %v, want an *Error", name, err)
		}
	}
}

func TestBoundedInput(t *testing.T) {
	tests := []struct{ name, file, text, want string }{
		{"large", "wrangler.toml", strings.Repeat("#\n", 1<<20), "the most that is read is 1048576"},
		{"deep TOML", "wrangler.toml", "a = " + strings.Repeat("[", 500_000), "nested"},
		{"deep TOML that is closed", "wrangler.toml", "a = " + strings.Repeat("[", 100) + strings.Repeat("]", 100), "nested more than 64 deep"},
		{"deep dotted keys", "wrangler.toml", strings.Repeat("a.", 100) + "b = 1", "nested more than 64 deep"},
		{"deep header", "wrangler.toml", "[" + strings.Repeat("a.", 100) + "b]", "nested more than 64 deep"},
		{"deep inline tables", "wrangler.toml", "x = " + strings.Repeat("{a = ", 100) + "1" + strings.Repeat("}", 100), "nested more than 64 deep"},
		{"deep JSON", "wrangler.json", strings.Repeat(`{"a":`, 200_000), "nested more than 64 deep"},
		{"deep after a comment", "wrangler.json", "/* ] \" */ // ]\n" + strings.Repeat("[", 65), "nested more than 64 deep"},
		{"not UTF-8", "wrangler.toml", "name = \"\xff\"", "not UTF-8"},
	}
	for _, tt := range tests {
		dir := write(t, map[string]string{tt.file: tt.text})
		_, _, err := config.Load([]string{dir}, config.Options{Base: dir})
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
		}
	}
	dir := write(t, map[string]string{"wrangler.toml": "name = \"a\"\nmain = \"i.js\"\nvars = {" + strings.Repeat("a = 1, a = 2, ", 5000) + "}", "i.js": ""})
	_, _, err := config.Load([]string{dir}, config.Options{Base: dir})
	var e *config.Error
	if !errors.As(err, &e) || len(e.Messages) != 100 {
		t.Errorf("many faults of one file: %v, want 100 of them", err)
	}
}

func TestByteOrderMarkAndCRLF(t *testing.T) {
	dir := write(t, map[string]string{
		"i.js":             "",
		"a/wrangler.toml":  "\ufeffname = \"a\"\r\nmain = \"../i.js\"\r\ncompatibility_date = \"2026-08-01\"\r\nminify = 1\r\n",
		"b/wrangler.jsonc": "\ufeff{\r\n\"name\": \"b\", \"main\": \"../i.js\",\r\n \"compatibility_date\": \"2026-08-01\", \"minify\": 1}",
	})
	_, warnings, err := config.Load([]string{filepath.Join(dir, "a"), filepath.Join(dir, "b")}, config.Options{Base: dir})
	var e *config.Error
	if !errors.As(err, &e) || len(e.Messages) != 2 || len(warnings) != 0 {
		t.Fatalf("got %v and %v", err, warnings)
	}
	a, b := e.Messages[0].Location, e.Messages[1].Location
	if a.Line != 4 || a.Column != 9 || a.LineText != "minify = 1" || b.Line != 3 || b.Column != 47 {
		t.Errorf("faults at %+v and %+v", a, b)
	}
}

func TestLoadOnce(t *testing.T) {
	dir := write(t, map[string]string{"wrangler.toml": "name = \"a\"\nmain = \"i.js\"\ncompatibility_date = \"2026-08-01\"", "i.js": ""})
	file := filepath.Join(dir, "wrangler.toml")
	set, warnings, err := config.Load([]string{file, dir, file}, config.Options{Base: dir})
	if err != nil || len(warnings) > 0 || len(set.Workers) != 1 {
		t.Errorf("a file named three times: %v, %v, %v", set, warnings, err)
	}
	if set.Find("a") == nil || set.Find("b") != nil {
		t.Error("Find finds the wrong Workers")
	}
}

func TestBadEnvironmentName(t *testing.T) {
	for _, env := range []string{"../x", "a b", "-x"} {
		if _, _, err := config.Load(nil, config.Options{Env: env}); err == nil {
			t.Errorf("environment %q: no error", env)
		}
	}
}

func TestServicesElsewhere(t *testing.T) {
	dir := write(t, map[string]string{
		"wrangler.toml": `name = "a"
main = "i.js"
compatibility_date = "2026-08-01"
services = [{ binding = "B", service = "in-the-cluster" }, { binding = "C", service = "nowhere" }]`, "i.js": "",
	})
	_, _, err := config.Load([]string{dir}, config.Options{Base: dir, Exists: func(name string) bool { return name == "in-the-cluster" }})
	var e *config.Error
	if !errors.As(err, &e) || len(e.Messages) != 1 || !strings.Contains(e.Messages[0].Text, `"nowhere"`) {
		t.Errorf("got %v, want one message about nowhere", err)
	}
	if _, _, err := config.Load([]string{dir}, config.Options{Base: dir}); err != nil {
		t.Errorf("got %v, although services were not to be checked", err)
	}
}
