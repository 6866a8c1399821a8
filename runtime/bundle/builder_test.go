package bundle_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/bindery/bindery/runtime/bundle"
	"github.com/go-sourcemap/sourcemap"
	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

func write(t testing.TB, dir string, files map[string]string) {
	t.Helper()
	for name, content := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

func build(t *testing.T, o bundle.Options) *bundle.Result {
	t.Helper()
	result, err := bundle.Build(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

func fault(t *testing.T, err error) *bundle.Error {
	t.Helper()
	e, ok := errors.AsType[*bundle.Error](err)
	if !ok {
		t.Fatalf("got %T %v, want *bundle.Error", err, err)
	}
	return e
}

// TestSameHashEverywhere bundles each archive in two folders, the second under
// another name, depth and path by way of a link.
func TestSameHashEverywhere(t *testing.T) {
	files, _ := filepath.Glob("testdata/*.txtar")
	hashes := map[string]string{}
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if slices.ContainsFunc(archive.Files, func(f txtar.File) bool { return f.Name == "want-error" }) {
			continue
		}
		dir := folder(t, archive)
		first := build(t, options(t, archive, dir)).Bundle
		deep := filepath.Join(t.TempDir(), "some", "where else")
		if err := os.MkdirAll(filepath.Dir(deep), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(dir, deep); err != nil {
			t.Fatal(err)
		}
		link := filepath.Join(t.TempDir(), "link")
		if err := os.Symlink(deep, link); err != nil {
			t.Fatal(err)
		}
		second := build(t, options(t, archive, link)).Bundle
		if diff := cmp.Diff(first, second); diff != "" || first.Hash() != second.Hash() {
			t.Errorf("%s: bundles differ between folders:\n%s", file, diff)
		}
		if strings.Contains(string(first.Map)+string(first.Code), filepath.Base(filepath.Dir(dir))) {
			t.Errorf("%s: the bundle tells its folder", file)
		}
		if other := hashes[first.Hash()]; other != "" {
			t.Errorf("%s and %s have the same hash", file, other)
		}
		hashes[first.Hash()] = file
	}
}

// TestHash changes each part of a bundle in turn.
func TestHash(t *testing.T) {
	base := bundle.Bundle{Name: "a.js", Code: []byte("b"), Map: []byte("c"), Externals: []string{"d", "e"}}
	const want = "16206560" // of the encoding that Hash documents; a change strands what is stored
	if got := base.Hash(); len(got) != 64 || !strings.HasPrefix(got, want) {
		t.Errorf("hash is %s, want %s...", got, want)
	}
	changes := map[string]func(*bundle.Bundle){
		"name":      func(b *bundle.Bundle) { b.Name = "b.js" },
		"syntax":    func(b *bundle.Bundle) { b.Syntax = bundle.ServiceWorker },
		"code":      func(b *bundle.Bundle) { b.Code = []byte("bc"); b.Map = nil },
		"map":       func(b *bundle.Bundle) { b.Map = []byte("C") },
		"externals": func(b *bundle.Bundle) { b.Externals = []string{"de"} },
		"fewer":     func(b *bundle.Bundle) { b.Externals = nil },
	}
	seen := map[string]string{base.Hash(): "base"}
	for name, change := range changes {
		b := base
		change(&b)
		if other := seen[b.Hash()]; other != "" {
			t.Errorf("%s has the hash of %s", name, other)
		}
		seen[b.Hash()] = name
	}
}

func TestSourceMap(t *testing.T) {
	for _, minify := range []bool{false, true} {
		dir := t.TempDir()
		write(t, dir, map[string]string{
			"src/index.ts": "import { fail } from './lib/fail';\nexport default { fetch(): never { return fail('x') } };\n",
			"src/lib/fail.ts": "interface Nothing {}\n\nexport function fail(text: string): never {\n" +
				"  throw new TypeError('gone ' + text);\n}\n",
		})
		b := build(t, bundle.Options{Dir: dir, Entry: "src/index.ts", Minify: minify}).Bundle
		consumer, err := sourcemap.Parse("", b.Map)
		if err != nil {
			t.Fatal(err)
		}
		at := strings.Index(string(b.Code), "new TypeError")
		before := string(b.Code[:at])
		line := strings.Count(before, "\n") + 1
		column := at - (strings.LastIndex(before, "\n") + 1)
		source, _, gotLine, gotColumn, ok := consumer.Source(line, column)
		if !ok || source != "src/lib/fail.ts" || gotLine != 4 || gotColumn != 8 {
			t.Errorf("minify %v: %d:%d is %s:%d:%d, want src/lib/fail.ts:4:8", minify, line, column, source, gotLine, gotColumn)
		}
		if content := consumer.SourceContent(source); !strings.HasPrefix(content, "interface Nothing") {
			t.Errorf("minify %v: no content of the source: %q", minify, content)
		}
		var decoded struct {
			Version int
			Sources []string
		}
		if err := json.Unmarshal(b.Map, &decoded); err != nil {
			t.Fatal(err)
		}
		slices.Sort(decoded.Sources)
		if diff := cmp.Diff([]string{"src/index.ts", "src/lib/fail.ts"}, decoded.Sources); diff != "" || decoded.Version != 3 {
			t.Errorf("version %d, sources (-want +got):\n%s", decoded.Version, diff)
		}
	}
}

// TestRebuild follows a Worker through edits: each build sees the files as they
// are, and each failure names the files to watch.
func TestRebuild(t *testing.T) {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	write(t, dir, map[string]string{
		"index.ts":     "import { a } from './a';\nexport default a;\n",
		"a.ts":         "export const a = 'one';\n",
		"package.json": "{}",
	})
	builder, err := bundle.NewBuilder(bundle.Options{Dir: dir, Entry: "index.ts", Provided: provided})
	if err != nil {
		t.Fatal(err)
	}
	defer builder.Close()
	steps := []struct {
		name, file, content string
		want                string // in the code, or in the error if it begins with a !
		syntax              bundle.Syntax
		inputs              string
	}{
		{"first", "", "", `"one"`, bundle.Module, "a.ts index.ts package.json"},
		{"edit", "a.ts", "export const a = 'two';\n", `"two"`, bundle.Module, "a.ts index.ts package.json"},
		{"break", "a.ts", "export const a = ;\n", `!a.ts:1:17`, 0, "a.ts index.ts package.json"},
		{"lose", "a.ts", "import './b/c';\nexport const a = 3;\n", `!Could not resolve "./b/c"`, 0, "a.ts b/c index.ts package.json"},
		{"lose package", "a.ts", "import 'pad';\nexport const a = 3;\n", `!Could not resolve "pad"`, 0, "a.ts index.ts node_modules/pad package.json"},
		{"find package", "node_modules/pad/index.js", "globalThis.padded = 1", `padded = 1`, bundle.Module, "a.ts index.ts node_modules/pad/index.js package.json"},
		{"configure", "tsconfig.json", `{"compilerOptions": {"paths": {"pad": ["./own.ts"]}}}`, `padded = 1`, bundle.Module, "a.ts index.ts node_modules/pad/index.js package.json tsconfig.json"},
		{"shadow", "own.ts", "console.log('own')", `"own"`, bundle.Module, "a.ts index.ts own.ts package.json tsconfig.json"},
		{"service worker", "index.ts", "addEventListener('fetch', () => 1);", `addEventListener`, bundle.ServiceWorker, "index.ts package.json tsconfig.json"},
		{"module again", "index.ts", "export default 4;", `index_default`, bundle.Module, "index.ts package.json tsconfig.json"},
	}
	for _, step := range steps {
		if step.file != "" {
			write(t, dir, map[string]string{step.file: step.content})
		}
		result, err := builder.Rebuild(t.Context())
		text, wantFault := strings.CutPrefix(step.want, "!")
		var inputs []string
		if wantFault {
			e := fault(t, err)
			if inputs = e.Inputs; !strings.Contains(e.Error(), text) {
				t.Errorf("%s: got %v, want %s", step.name, e, text)
			}
		} else if err != nil {
			t.Fatalf("%s: %v", step.name, err)
		} else {
			inputs = result.Inputs
			if !strings.Contains(string(result.Bundle.Code), text) || result.Bundle.Syntax != step.syntax {
				t.Errorf("%s: want %v with %s, got %v:\n%s", step.name, step.syntax, text, result.Bundle.Syntax, result.Bundle.Code)
			}
		}
		for i := range inputs {
			inputs[i], _ = strings.CutPrefix(inputs[i], dir+"/")
		}
		if got := strings.Join(inputs, " "); got != step.inputs {
			t.Errorf("%s: inputs are %s, want %s", step.name, got, step.inputs)
		}
	}
}

func TestRebuildEnds(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{"index.js": "export default 1"})
	builder, err := bundle.NewBuilder(bundle.Options{Dir: dir, Entry: "index.js"})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := builder.Rebuild(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("after cancel: %v", err)
	}
	if _, err := builder.Rebuild(t.Context()); err != nil {
		t.Errorf("after a cancelled build: %v", err)
	}
	builder.Close()
	builder.Close()
	if _, err := builder.Rebuild(t.Context()); !errors.Is(err, bundle.ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
}

// TestConcurrentRebuilds must not hand an earlier build to a later caller.
func TestConcurrentRebuilds(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{"index.js": "import text from './a.txt'; export default text", "a.txt": "a"})
	builder, err := bundle.NewBuilder(bundle.Options{Dir: dir, Entry: "index.js"})
	if err != nil {
		t.Fatal(err)
	}
	defer builder.Close()
	hashes := make(chan string)
	for range 4 {
		go func() {
			result, err := builder.Rebuild(t.Context())
			if err != nil {
				hashes <- err.Error()
				return
			}
			hashes <- result.Bundle.Hash()
		}()
	}
	first := <-hashes
	for range 3 {
		if h := <-hashes; h != first || len(h) != 64 {
			t.Errorf("got %s and %s", first, h)
		}
	}
}

func TestMissingFolder(t *testing.T) {
	_, err := bundle.Build(t.Context(), bundle.Options{Dir: filepath.Join(t.TempDir(), "no"), Entry: "index.js"})
	if !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v, want a missing file", err)
	}
	for _, entry := range []string{"", "src/*.ts", "index.html"} {
		if _, err := bundle.Build(t.Context(), bundle.Options{Dir: t.TempDir(), Entry: entry}); err == nil {
			t.Errorf("entry %q: no error", entry)
		}
	}
}
