package bundle_test

import (
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bindery/bindery/runtime/bundle"
	"github.com/dop251/goja"
	"github.com/evanw/esbuild/pkg/api"
	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

var rewrite = flag.Bool("rewrite", false, "rewrite the want files of testdata")

// provided are the runtime's modules in these tests.
var provided = []string{"cloudflare:workers", "node:buffer", "node:events", "node:util"}

// TestArchives bundles each archive of testdata as a Worker's folder. Its
// options.json is the Options, over the entry index.ts or index.js. The want
// files are not part of the folder; those there are must agree:
//
//	want.json      what the default export (awaited, if it is a promise) of the
//	               bundle is when it runs; what the script leaves in
//	               globalThis.result for a service worker
//	want-error     the whole error
//	want-warnings  the warnings, as esbuild prints them
//	want-bundle    syntax, externals and inputs
//	want.js        the code
func TestArchives(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no archives: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			dir := folder(t, archive)
			got := outcome(t, archive, dir)
			wants := 0
			for i, f := range archive.Files {
				if !isWant(f.Name) {
					continue
				}
				wants++
				text := got(f.Name)
				if *rewrite {
					archive.Files[i].Data = []byte(text)
				} else if diff := cmp.Diff(string(f.Data), text); diff != "" {
					t.Errorf("%s differs (-want +got):\n%s", f.Name, diff)
				}
			}
			if wants == 0 {
				t.Error("the archive wants nothing")
			}
			if *rewrite {
				if err := os.WriteFile(file, txtar.Format(archive), 0o666); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

func isWant(name string) bool { return strings.HasPrefix(name, "want") }

// folder writes the files of an archive that belong to the Worker.
func folder(t *testing.T, archive *txtar.Archive) string {
	t.Helper()
	dir := t.TempDir()
	source := &txtar.Archive{}
	for _, f := range archive.Files {
		if !isWant(f.Name) && f.Name != "options.json" {
			source.Files = append(source.Files, f)
		}
	}
	if err := txtar.Write(source, dir); err != nil {
		t.Fatal(err)
	}
	return dir
}

func options(t *testing.T, archive *txtar.Archive, dir string) bundle.Options {
	t.Helper()
	o := bundle.Options{Dir: dir, Provided: provided}
	for _, f := range archive.Files {
		switch f.Name {
		case "index.ts", "index.js":
			o.Entry = f.Name
		}
	}
	for _, f := range archive.Files {
		if f.Name == "options.json" {
			if err := json.Unmarshal(f.Data, &o); err != nil {
				t.Fatal(err)
			}
		}
	}
	return o
}

// outcome bundles dir and returns what a want file should hold.
func outcome(t *testing.T, archive *txtar.Archive, dir string) func(name string) string {
	t.Helper()
	result, err := bundle.Build(t.Context(), options(t, archive, dir))
	if err != nil {
		if _, ok := errors.AsType[*bundle.Error](err); !ok && !strings.HasPrefix(t.Name(), "TestArchives/options-") {
			t.Fatalf("%T: %v", err, err)
		}
	}
	return func(name string) string {
		t.Helper()
		if name == "want-error" {
			if err == nil {
				t.Fatal("no error")
			}
			return err.Error() + "\n"
		}
		if err != nil {
			t.Fatal(err)
		}
		switch name {
		case "want-warnings":
			lines := api.FormatMessages(result.Warnings, api.FormatMessagesOptions{Kind: api.WarningMessage})
			return strings.Join(lines, "")
		case "want-bundle":
			return describe(dir, result)
		case "want.js":
			return string(result.Bundle.Code)
		case "want.json":
			return run(t, result.Bundle) + "\n"
		}
		t.Fatalf("unknown file %s", name)
		return ""
	}
}

func describe(dir string, result *bundle.Result) string {
	var b strings.Builder
	b.WriteString(result.Bundle.Name + " " + result.Bundle.Syntax.String() + "\n")
	for _, external := range result.Bundle.Externals {
		b.WriteString("external " + external + "\n")
	}
	for _, input := range result.Inputs {
		if rel, err := filepath.Rel(dir, input); err == nil && !strings.HasPrefix(rel, "..") {
			b.WriteString("input " + filepath.ToSlash(rel) + "\n")
		}
	}
	return b.String()
}

// run runs a bundle in goja and returns its outcome as JSON. Modules of the
// runtime are stubs that know their name.
func run(t *testing.T, b *bundle.Bundle) string {
	t.Helper()
	lowered := api.Transform(string(b.Code), api.TransformOptions{
		Format: map[bundle.Syntax]api.Format{bundle.Module: api.FormatESModule, bundle.ServiceWorker: api.FormatDefault}[b.Syntax],
		Target: api.ES2017, Supported: map[string]bool{"dynamic-import": false, "top-level-await": true}, Charset: api.CharsetUTF8,
	})
	if len(lowered.Errors) > 0 {
		t.Fatalf("lower: %v\n%s", lowered.Errors[0].Text, b.Code)
	}
	vm := goja.New()
	vm.SetFieldNameMapper(goja.UncapFieldNameMapper())
	prelude := `
		Symbol.asyncIterator ??= Symbol("asyncIterator");
		var handlers = {};
		function addEventListener(type, f) { handlers[type] = f }
		function require(name) {
			if (!name.includes(":")) throw new Error("require of " + name);
			class Stub { static from = name }
			return { __esModule: true, default: Stub, Stub, name };
		}`
	if _, err := vm.RunString(prelude); err != nil {
		t.Fatal(err)
	}
	code := string(lowered.Code)
	if b.Syntax == bundle.Module {
		code = asFunction(t, code)
	} else {
		code += "\n;Promise.resolve(globalThis.result)"
	}
	value, err := vm.RunString(code)
	if err != nil {
		t.Fatalf("run: %v\n%s", err, code)
	}
	promise, ok := value.Export().(*goja.Promise)
	if !ok {
		t.Fatalf("no promise, but %v", value)
	}
	if promise.State() != goja.PromiseStateFulfilled {
		t.Fatalf("run: state %v, %v\n%s", promise.State(), promise.Result(), code)
	}
	stringify, _ := goja.AssertFunction(vm.Get("JSON").ToObject(vm).Get("stringify"))
	text, err := stringify(goja.Undefined(), promise.Result())
	if err != nil {
		t.Fatal(err)
	}
	return text.String()
}

// asFunction makes an async function of a module as esbuild prints it: imports
// at the top of lines of their own, one export list at the end.
func asFunction(t *testing.T, code string) string {
	t.Helper()
	body, list, ok := strings.Cut(code, "\nexport {\n")
	if !ok {
		t.Fatalf("no trailing export list:\n%s", code)
	}
	var lines []string
	for line := range strings.SplitSeq(body, "\n") {
		lines = append(lines, importAsRequire(line))
	}
	result := ""
	for item := range strings.FieldsFuncSeq(strings.TrimSuffix(list, "};\n"), func(r rune) bool { return r == ',' || r == '\n' }) {
		local, exported, as := strings.Cut(strings.TrimSpace(item), " as ")
		if (as && exported == "default") || local == "default" {
			result = local
		}
	}
	if result == "" {
		t.Fatalf("no default export:\n%s", code)
	}
	return "(async () => {" + strings.Join(lines, "\n") + "\nreturn " + result + "})()"
}

func importAsRequire(line string) string {
	rest, ok := strings.CutPrefix(line, "import ")
	if !ok {
		return line
	}
	names, from, ok := strings.Cut(rest, " from ")
	if !ok {
		return "require(" + strings.TrimSuffix(rest, ";") + ");"
	}
	call := "require(" + strings.TrimSuffix(from, ";") + ");"
	if space, ok := strings.CutPrefix(names, "* as "); ok {
		return "const " + space + " = " + call
	}
	if strings.HasPrefix(names, "{") {
		return "const " + strings.ReplaceAll(names, " as ", ": ") + " = " + call
	}
	return "const { default: " + names + " } = " + call
}
