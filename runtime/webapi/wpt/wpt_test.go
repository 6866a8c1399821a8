package wpt

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// recorder is a test that is watched: what it logs is kept, and where it stops only its goroutine does.
type recorder struct {
	testing.TB
	lines []string
}

func (r *recorder) Helper() {}

func (r *recorder) Errorf(format string, args ...any) { r.add("error", format, args) }
func (r *recorder) Logf(format string, args ...any)   { r.add("log", format, args) }
func (r *recorder) Fatalf(format string, args ...any) { r.add("fatal", format, args); runtime.Goexit() }

func (r *recorder) Skipf(format string, args ...any) { r.add("skip", format, args); runtime.Goexit() }

func (r *recorder) add(kind, format string, args []any) {
	r.lines = append(r.lines, kind+": "+fmt.Sprintf(format, args...))
}

// watch runs fn as a test and gives what it logged.
func watch(fn func(t testing.TB)) string {
	r := &recorder{}
	done := make(chan struct{})
	go func() {
		defer close(done)
		fn(r)
	}()
	<-done
	return strings.Join(r.lines, "\n")
}

func write(t *testing.T, path, text string) string {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestRead(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "a.json"), `["comment", {"x": 1}]`)
	for _, c := range []struct {
		dir, path string
		chosen    bool
		want      string
	}{
		{dir, "a.json", false, ""},
		{dir, "b.json", false, "fatal: read conformance table:"}, // never skipped where the folder is there
		{filepath.Join(dir, "none"), "a.json", false, "skip: NOT RUN: the conformance table a.json"},
		{filepath.Join(dir, "none"), "a.json", true, "fatal: read conformance table:"},
	} {
		if got := watch(func(t testing.TB) { read(t, c.dir, c.path, c.chosen) }); !strings.HasPrefix(got, c.want) || (c.want == "") != (got == "") {
			t.Errorf("%s in %s: %q, want %q", c.path, c.dir, got, c.want)
		}
	}
	t.Setenv(Variable, dir)
	if table := Table(t, "a.json"); len(table) != 1 || table[0]["x"] != 1.0 {
		t.Errorf("got %v", table)
	}
}

func TestTally(t *testing.T) {
	known := write(t, filepath.Join(t.TempDir(), "known.txt"), "# comment\n\nt\t\"b\"\twhy\nt\t\"c\"\twhy\nother\t\"d\"\twhy\n")
	got := watch(func(t testing.TB) {
		c := newTally(t, "t", known)
		c.Check(`"a"`, "")
		c.Check(`"b"`, "wrong")
		c.Done()
	})
	if want := "error: t: known failure \"c\" is no entry of the table\nlog: t: 2 entries, 1 pass, 2 known failures"; got != want {
		t.Errorf("got %s", got)
	}
	got = watch(func(t testing.TB) {
		c := newTally(t, "t", known)
		c.Check(`"a"`, "wrong")
		c.Check(`"b"`, "")
		c.Check(`"c"`, "wrong")
		c.Done()
	})
	if want := "error: t\t\"a\"\twrong\nerror: t: \"b\" passes now: take it out of testdata/known_failures.txt\n" +
		"log: t: 3 entries, 1 pass, 2 known failures"; got != want {
		t.Errorf("got %s", got)
	}
	if got := watch(func(t testing.TB) { newTally(t, "t", "none").Done() }); !strings.HasPrefix(got, "error: t: the table has no entries") {
		t.Errorf("got %s", got)
	}
	broken := write(t, known+"2", "t\tb\n")
	if got := watch(func(t testing.TB) { newTally(t, "t", broken) }); !strings.HasPrefix(got, "fatal: ") {
		t.Errorf("got %s", got)
	}
}
