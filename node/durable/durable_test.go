package durable_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/bindery/bindery/node/durable"
)

func TestReplace(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "f")
	for _, content := range []string{"first", "", "second"} {
		if err := durable.Replace(path, []byte(content)); err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(path)
		if err != nil || string(b) != content {
			t.Fatalf("got %q, %v", b, err)
		}
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if err := durable.SyncDir(dir); err != nil {
		t.Error(err)
	}
	// What can't have the name is not left behind.
	if err := os.Mkdir(filepath.Join(dir, "d"), 0o700); err != nil {
		t.Fatal(err)
	}
	if durable.Replace(filepath.Join(dir, "d"), nil) == nil || durable.Replace(filepath.Join(dir, "none", "f"), nil) == nil || durable.SyncDir(path+"x") == nil {
		t.Error("no error")
	}
	if left, _ := os.ReadDir(dir); len(left) != 2 {
		t.Errorf("there is %v", left)
	}
}
