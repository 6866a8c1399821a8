package bundle_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/bindery/bindery/runtime/bundle"
)

// TestInvalidUTF8 is an error where it would change what the user's own code
// says, a warning in a package, and nothing in a comment.
func TestInvalidUTF8(t *testing.T) {
	tests := []struct {
		name, file, content string
		want                string // the place in the error
		warnings            int
	}{
		{"string", "lib.js", "export const a = 1;\nexport default 'caf\xe9';", "lib.js:2:19", 0},
		{"template", "lib.js", "export default `\xff\xfe`;", "lib.js:1:16", 0},
		{"comment", "lib.js", "// caf\xe9\nexport default 1;", "", 0},
		{"replacement character", "lib.js", "export default '\uFFFD';", "", 0},
		{"package", "node_modules/lib/index.js", "export default 'caf\xe9';", "", 1},
		{"text", "lib.js", "export { default } from './b.txt';", "", 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, dir, map[string]string{
				"index.js": "import lib from 'lib.js'; export default lib", "b.txt": "\xff",
				"tsconfig.json": `{"compilerOptions": {"paths": {"lib.js": ["./lib.js", "./node_modules/lib/index.js"]}}}`,
				test.file:       test.content,
			})
			result, err := bundle.Build(t.Context(), bundle.Options{Dir: dir, Entry: "index.js"})
			if test.want != "" {
				if e := fault(t, err); !strings.Contains(e.Error(), test.want) || len(e.Messages) != 1 {
					t.Errorf("got %v, want one fault at %s", e, test.want)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if len(result.Warnings) != test.warnings {
				t.Errorf("got warnings %v, want %d", result.Warnings, test.warnings)
			}
		})
	}
}

// TestOddFiles gives errors, not panics and not silence.
func TestOddFiles(t *testing.T) {
	tests := map[string]map[string]string{
		"UTF-16":         {"index.js": "\xff\xfee\x00x\x00p\x00o\x00r\x00t\x00"},
		"binary":         {"index.js": "\x7fELF\x02\x01\x01\x00\x00"},
		"NUL":            {"index.js": "export default 1 \x00 2"},
		"cut off":        {"index.ts": "export default class { a: Array<{"},
		"bad package":    {"index.js": "import a from 'a'; export default a", "node_modules/a/package.json": "{\xff"},
		"bad JSON":       {"index.js": "import a from './a.json'; export default a", "a.json": "\xef\xbb\xbf{"},
		"bad attribute":  {"index.js": "import a from './a.txt' with { type: 'text2' }; export default a", "a.txt": ""},
		"folder":         {"index.js": "import a from './a.txt'; export default a", "a.txt/b": ""},
		"folder as main": {"index.js/b": ""},
	}
	for name, files := range tests {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, dir, files)
			entry := "index.js"
			if _, ok := files["index.ts"]; ok {
				entry = "index.ts"
			}
			_, err := bundle.Build(t.Context(), bundle.Options{Dir: dir, Entry: entry})
			if e := fault(t, err); len(e.Messages) == 0 || e.Error() == "" || !utf8.ValidString(e.Error()) {
				t.Errorf("a fault without a text: %+q", e)
			}
		})
	}
	t.Run("unreadable", func(t *testing.T) {
		dir := t.TempDir()
		write(t, dir, map[string]string{"index.js": "import a from './a.txt'; export default a"})
		if err := os.Symlink("a.txt", filepath.Join(dir, "a.txt")); err != nil {
			t.Fatal(err)
		}
		_, err := bundle.Build(t.Context(), bundle.Options{Dir: dir, Entry: "index.js"})
		fault(t, err)
	})
}

// FuzzBuild: whatever the files hold, the outcome is a bundle with a source map
// that is JSON, or faults.
func FuzzBuild(f *testing.F) {
	for _, seed := range [][2]string{
		{"export default 1", "{}"},
		{"import t from './other.txt'; export default t", "text\xff"},
		{"import j from './other.json'; export default j.a", `{"a": [1, "é"]}`},
		{"export * from './other.txt?x#y'", ""},
		{"import '\\u0000'; require('./\xff'); import('node:' + x)", "\x00"},
		{"import a from 'data:text/javascript,export default 1'; addEventListener(a)", ""},
		{"/*! @license */ export default (<a b={`${1}`}>\u2028</a>)", `{"compilerOptions": {"jsx": "react-jsx"}}`},
		{"export default 1 //# sourceMappingURL=other.json", `{"version":3,"sources":["\xff"],"mappings":"AAAA"}`},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, code, other string) {
		if len(code)+len(other) > 10_000 {
			t.Skip("deep nesting ends the process")
		}
		dir := t.TempDir()
		write(t, dir, map[string]string{"index.tsx": code, "other.txt": other, "other.json": other, "tsconfig.json": other})
		result, err := bundle.Build(t.Context(), bundle.Options{Dir: dir, Entry: "index.tsx", Provided: provided})
		if err != nil {
			if e, ok := errors.AsType[*bundle.Error](err); !ok || len(e.Messages) == 0 {
				t.Errorf("%T: %v", err, err)
			}
			return
		}
		if !json.Valid(result.Bundle.Map) || len(result.Bundle.Hash()) != 64 {
			t.Errorf("source map isn't JSON: %s", result.Bundle.Map)
		}
	})
}
