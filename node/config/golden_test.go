package config_test

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/bindery/bindery/node/config"
	"github.com/evanw/esbuild/pkg/api"
	"github.com/rogpeppe/go-internal/txtar"
)

var rewrite = flag.Bool("rewrite", false, "write what was got into testdata/*.txtar")

// TestGolden loads the files of each testdata/*.txtar and compares messages and Workers with its section "want". Its
// comment may have lines "env: NAME", "secrets: true" and "load: PATH ..."; without the last, what Discover finds is
// loaded.
func TestGolden(t *testing.T) {
	paths, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no golden files: %v", err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			got := runGolden(t, archive)
			i := slices.IndexFunc(archive.Files, func(f txtar.File) bool { return f.Name == "want" })
			if i < 0 {
				i = len(archive.Files)
				archive.Files = append(archive.Files, txtar.File{Name: "want"})
			}
			if want := string(archive.Files[i].Data); got != want && !*rewrite {
				t.Errorf("got:\n%s\nwant:\n%s", got, want)
			}
			if *rewrite {
				archive.Files[i].Data = []byte(got)
				if err := os.WriteFile(path, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

func runGolden(t *testing.T, archive *txtar.Archive) string {
	t.Helper()
	dir := t.TempDir()
	for _, f := range archive.Files {
		if f.Name == "want" {
			continue
		}
		path := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	o := config.Options{Base: dir, Exists: func(string) bool { return false }}
	var load []string
	for line := range strings.Lines(string(archive.Comment)) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		switch key {
		case "env":
			o.Env = value
		case "secrets":
			o.Secrets = true
		case "load":
			for _, p := range strings.Fields(value) {
				load = append(load, filepath.Join(dir, p))
			}
		}
	}
	if load == nil {
		var err error
		if load, err = config.Discover(dir); err != nil {
			t.Fatal(err)
		}
	}
	return goldenOutput(load, o, dir)
}

func goldenOutput(load []string, o config.Options, dir string) string {
	set, warnings, err := config.Load(load, o)
	var b strings.Builder
	format := func(ms []api.Message, kind api.MessageKind) {
		for _, text := range api.FormatMessages(ms, api.FormatMessagesOptions{Kind: kind}) {
			b.WriteString(strings.TrimRight(text, "\n") + "\n\n")
		}
	}
	var e *config.Error
	if errors.As(err, &e) {
		format(e.Messages, api.ErrorMessage)
	}
	format(warnings, api.WarningMessage)
	if set == nil {
		o.Exists = nil
		set, _, _ = config.Load(load, o)
	}
	if set != nil {
		for _, w := range set.Workers {
			dump(&b, "", reflect.ValueOf(*w), dir)
			b.WriteString("\n")
		}
	}
	out := strings.ReplaceAll(b.String(), dir+string(filepath.Separator), "")
	lines := strings.Split(strings.ReplaceAll(out, dir, "."), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n") + "\n"
}

// dump writes the fields of a struct that aren't empty, one a line.
func dump(b *strings.Builder, prefix string, v reflect.Value, dir string) {
	for i := range v.NumField() {
		f := v.Type().Field(i)
		value := v.Field(i)
		if !f.IsExported() || value.IsZero() {
			continue
		}
		name := prefix + f.Name
		switch x := value.Interface().(type) {
		case api.Location:
			fmt.Fprintf(b, "%s: %s:%d:%d\n", name, x.File, x.Line, x.Column)
		case json.RawMessage:
			fmt.Fprintf(b, "%s: %s\n", name, x)
		case string:
			fmt.Fprintf(b, "%s: %s\n", name, strings.ReplaceAll(x, "\n", `\n`))
		case map[string]config.Var:
			for _, key := range slices.Sorted(maps.Keys(x)) {
				fmt.Fprintf(b, "%s.%s: %s\n", name, key, x[key].Text+string(x[key].JSON))
			}
		case map[string]string:
			for _, key := range slices.Sorted(maps.Keys(x)) {
				fmt.Fprintf(b, "%s.%s: %q\n", name, key, x[key])
			}
		default:
			dumpOther(b, name, value, dir)
		}
	}
}

func dumpOther(b *strings.Builder, name string, value reflect.Value, dir string) {
	switch {
	case value.Kind() == reflect.Struct:
		dump(b, name+".", value, dir)
	case value.Kind() == reflect.Slice && value.Type().Elem().Kind() == reflect.Struct:
		for j := range value.Len() {
			dump(b, fmt.Sprintf("%s[%d].", name, j), value.Index(j), dir)
		}
	case value.Kind() == reflect.Pointer:
		fmt.Fprintf(b, "%s: %v\n", name, value.Elem())
	default:
		fmt.Fprintf(b, "%s: %v\n", name, value)
	}
}
