// Package wpt is test support: it finds the tables of web-platform-tests and counts what passes.
//
// It owns where the data lies, what is done when it is missing, and the list of known failures of each package. What a table's
// columns mean is for the tests that read it. Nothing but tests imports it.
package wpt

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// Variable names the environment variable that says where the data is: a checkout of github.com/web-platform-tests/wpt.
const Variable = "BINDERY_WPT_DATA"

// Data reads one file by its path in web-platform-tests, from where the environment says or from ../shared/wpt-data beside the
// repository. It skips the test where neither is there; where the folder is there the file must be too.
func Data(t testing.TB, path string) []byte {
	t.Helper()
	dir, chosen := os.Getenv(Variable), true
	if dir == "" {
		dir, chosen = filepath.Join(repository(t), "..", "shared", "wpt-data"), false
	}
	return read(t, dir, path, chosen)
}

// read reads path under dir. chosen says that somebody chose dir, so that it has to be there.
func read(t testing.TB, dir, path string, chosen bool) []byte {
	t.Helper()
	if _, err := os.Stat(dir); os.IsNotExist(err) && !chosen {
		t.Skipf("NOT RUN: the conformance table %s is not here, for there is no %s. Get a checkout of "+
			"github.com/web-platform-tests/wpt and set %s to it.", path, dir, Variable)
	}
	data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(path)))
	if err != nil {
		t.Fatalf("read conformance table: %v", err)
	}
	return data
}

// Table reads a file that is an array of objects. Comments, which are strings in the array, are left out.
func Table(t testing.TB, path string) []map[string]any {
	t.Helper()
	var rows []any
	Unmarshal(t, path, &rows)
	var table []map[string]any
	for _, row := range rows {
		if m, ok := row.(map[string]any); ok {
			table = append(table, m)
		}
	}
	return table
}

// Unmarshal reads a file of JSON into v.
func Unmarshal(t testing.TB, path string, v any) {
	t.Helper()
	if err := json.Unmarshal(Data(t, path), v); err != nil {
		t.Fatalf("read conformance table %s: %v", path, err)
	}
}

// repository is the folder of go.mod above the test's own.
func repository(t testing.TB) string {
	t.Helper()
	root, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(root, "go.mod")); err == nil {
			return root
		}
		parent := filepath.Dir(root)
		if parent == root {
			t.Fatal("find the repository: no go.mod above the test's directory")
		}
		root = parent
	}
}
