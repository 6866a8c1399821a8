// Package arch_test holds the shape of the project: which package may import which, and that each says what it is for.
package arch_test

import (
	"encoding/json"
	"errors"
	"go/parser"
	"go/token"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const module = "github.com/bindery/bindery"

// rule forbids imports. A pattern ending in /... stands for a package and all below it.
type rule struct{ from, forbids, why string }

// Imports run one way: cmd -> node -> {scheduler, binding}; binding -> runtime -> runtime/webapi.
var rules = []rule{
	{"runtime/...", "binding/...", "an isolate knows nothing of other Workers"},
	{"runtime/...", "node/...", "an isolate knows nothing of the daemon around it"},
	{"runtime/...", "cmd/...", "nothing imports the command"},
	{"runtime/webapi/...", "runtime", "a Web API is given its isolate as an interface, and is tested without one"},
	{"runtime/webapi/...", "runtime/bundle/...", "a Web API does not care how its user's code was built"},
	{"runtime/webapi/webidl", "runtime/webapi/fetch/...", "the glue knows no particular API"},
	{"runtime/engine", "runtime/webapi/...", "goja's inside is a concern of its own"},
	{"runtime/builtins", "runtime/webapi/...", "ECMAScript's built-ins are below the Web's"},
	{"runtime/body", "runtime/webapi/...", "bytes on their way belong to no realm"},
	{"runtime/strand", "runtime/engine", "a strand serialises any work, not only JavaScript"},
	{"runtime/invocation", "runtime/engine", "an invocation is known outside of realms"},
	{"runtime/bundle", "runtime/bundle/lower", "what a client bundles does not depend on the engine of a node"},
	{"binding/...", "node/...", "calls between Workers do not depend on where they come from"},
	{"node/...", "cmd/...", "nothing imports the command"},
	{"scheduler/...", "node/...", "the scheduler plans on plain values"},
	{"scheduler/...", "binding/...", "the scheduler knows nothing of how calls are made"},
	{"scheduler/...", "runtime/...", "the scheduler runs no code"},
	{"scheduler/...", "proto/...", "generated types stay in node and cmd"},
	{"node/config", "runtime/...", "a configuration file is read without running anything"},
	{"node/route", "node/config", "matching a URL needs no file"},
	{"runtime/...", "github.com/alecthomas/kong", "only the command parses arguments"},
	{"runtime/...", "proto/...", "generated types stay in node and cmd"},
	{"binding/...", "proto/...", "generated types stay in node and cmd"},
}

type pkg struct {
	ImportPath string
	Dir        string
	GoFiles    []string
	Deps       []string
	Imports    []string
}

func packages(t *testing.T) []pkg {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("go", "list", "-deps=false", "-json=ImportPath,Dir,GoFiles,Deps,Imports", "./...")
	cmd.Dir = root
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var list []pkg
	dec := json.NewDecoder(strings.NewReader(string(out)))
	for {
		var p pkg
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return list
		} else if err != nil {
			t.Fatal(err)
		}
		list = append(list, p)
	}
}

func matches(pattern, path string) bool {
	full := pattern
	if !strings.Contains(strings.SplitN(pattern, "/", 2)[0], ".") {
		full = module + "/" + pattern
	}
	if prefix, ok := strings.CutSuffix(full, "/..."); ok {
		return path == prefix || strings.HasPrefix(path, prefix+"/")
	}
	return path == full
}

func TestImportsRunOneWay(t *testing.T) {
	list := packages(t)
	for _, r := range rules {
		found := false
		for _, p := range list {
			if !matches(r.from, p.ImportPath) {
				continue
			}
			found = true
			for _, dep := range p.Deps {
				if matches(r.forbids, dep) {
					t.Errorf("%s imports %s: %s", strings.TrimPrefix(p.ImportPath, module+"/"), strings.TrimPrefix(dep, module+"/"), r.why)
				}
			}
		}
		if !found {
			t.Errorf("no package matches %q any more: mend the rule", r.from)
		}
	}
}

// catchAll are names that say nothing about what a package is for.
var catchAll = map[string]bool{"util": true, "utils": true, "common": true, "helpers": true, "lib": true, "misc": true}

func TestEachPackageSaysWhatItIsFor(t *testing.T) {
	for _, p := range packages(t) {
		if catchAll[filepath.Base(p.ImportPath)] {
			t.Errorf("%s: name the package after what it provides", p.ImportPath)
		}
		var with []string
		for _, name := range p.GoFiles {
			f, err := parser.ParseFile(token.NewFileSet(), filepath.Join(p.Dir, name), nil, parser.ParseComments|parser.PackageClauseOnly)
			if err != nil {
				t.Fatal(err)
			}
			if f.Doc != nil {
				with = append(with, name)
			}
		}
		if len(p.GoFiles) > 0 && len(with) != 1 {
			t.Errorf("%s: want exactly one package comment, got %d %v", p.ImportPath, len(with), with)
		}
	}
}

func TestMatches(t *testing.T) {
	for _, c := range []struct {
		pattern, path string
		want          bool
	}{
		{"runtime/...", module + "/runtime", true},
		{"runtime/...", module + "/runtime/webapi/url", true},
		{"runtime/...", module + "/runtimetest", false},
		{"runtime", module + "/runtime/engine", false},
		{"github.com/alecthomas/kong", "github.com/alecthomas/kong", true},
	} {
		if got := matches(c.pattern, c.path); got != c.want {
			t.Errorf("matches(%q, %q) = %v", c.pattern, c.path, got)
		}
	}
}
