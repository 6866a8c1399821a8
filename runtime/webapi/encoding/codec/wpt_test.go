package codec

import (
	"bufio"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// readData finds the data beside the repository or where BINDERY_WPT_DATA says.
func readData(t *testing.T, path string) []byte {
	t.Helper()
	dir := os.Getenv("BINDERY_WPT_DATA")
	if dir == "" {
		root, err := filepath.Abs(".")
		if err != nil {
			t.Fatal(err)
		}
		for {
			if _, err := os.Stat(filepath.Join(root, "go.mod")); err == nil {
				break
			}
			parent := filepath.Dir(root)
			if parent == root {
				t.Fatal("no go.mod above the test's directory")
			}
			root = parent
		}
		dir = filepath.Join(root, "..", "shared", "wpt-data")
	}
	data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(path)))
	if os.IsNotExist(err) {
		t.Skipf("NOT RUN: the conformance table %s is not at %s. Get it from a checkout of "+
			"github.com/web-platform-tests/wpt and set BINDERY_WPT_DATA to that checkout.", path, dir)
	}
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// tally counts the entries of one table and holds them against testdata/known_failures.txt, whose lines are: table, key
// (a Go-quoted string), reason; separated by tabs.
type tally struct {
	t      *testing.T
	table  string
	known  map[string]string
	seen   map[string]bool
	passed int
	failed int
}

func newTally(t *testing.T, table string) *tally {
	t.Helper()
	file, err := os.Open(filepath.Join("testdata", "known_failures.txt"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	known := make(map[string]string)
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		line := lines.Text()
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		fields := strings.SplitN(line, "\t", 3)
		if len(fields) != 3 || fields[2] == "" {
			t.Fatalf("known_failures.txt: want table, key and reason between tabs, have %q", line)
		}
		if fields[0] == table {
			known[fields[1]] = fields[2]
		}
	}
	return &tally{t: t, table: table, known: known, seen: make(map[string]bool)}
}

// check counts an entry. complaint is "" when it passed; key must be quoted.
func (c *tally) check(key, complaint string) {
	c.t.Helper()
	_, known := c.known[key]
	c.seen[key] = true
	switch {
	case complaint == "" && known:
		c.passed++
		c.t.Errorf("%s: %s passes now: take it out of testdata/known_failures.txt", c.table, key)
	case complaint == "":
		c.passed++
	case !known:
		c.failed++
		c.t.Errorf("%s\t%s\t%s", c.table, key, complaint)
	default:
		c.failed++
	}
}

func (c *tally) done() {
	c.t.Helper()
	for key := range c.known {
		if !c.seen[key] {
			c.t.Errorf("%s: known failure %s is no entry of the table", c.table, key)
		}
	}
	c.t.Logf("%s: %d entries, %d pass, %d known failures", c.table, c.passed+c.failed, c.passed, len(c.known))
}
