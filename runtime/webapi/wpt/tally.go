package wpt

import (
	"bufio"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Tally counts the entries of one table and holds them against the package's testdata/known_failures.txt, if it has one. Its lines
// are: table, key, reason; separated by tabs; "#" begins a comment. A failure that isn't listed fails the test, and so does a pass
// that is.
type Tally struct {
	t      testing.TB
	table  string
	known  map[string]string // reasons by key
	seen   map[string]bool
	passed int
	failed int
}

// NewTally begins to count the table of that name.
func NewTally(t testing.TB, table string) *Tally {
	t.Helper()
	return newTally(t, table, filepath.Join("testdata", "known_failures.txt"))
}

func newTally(t testing.TB, table, path string) *Tally {
	t.Helper()
	c := &Tally{t: t, table: table, known: make(map[string]string), seen: make(map[string]bool)}
	file, err := os.Open(path)
	if os.IsNotExist(err) {
		return c
	}
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		line := lines.Text()
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		fields := strings.SplitN(line, "\t", 3)
		if len(fields) != 3 || fields[2] == "" {
			t.Fatalf("%s: want table, key and reason between tabs, have %q", path, line)
		}
		if fields[0] == table {
			c.known[fields[1]] = fields[2]
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return c
}

// Check counts an entry. complaint is "" when it passed; key must be quoted, as by strconv.Quote.
func (c *Tally) Check(key, complaint string) {
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

// Done logs the counts. It fails the test if nothing was counted or a known failure is no entry of the table.
func (c *Tally) Done() {
	c.t.Helper()
	for key := range c.known {
		if !c.seen[key] {
			c.t.Errorf("%s: known failure %s is no entry of the table", c.table, key)
		}
	}
	if len(c.seen) == 0 {
		c.t.Errorf("%s: the table has no entries", c.table)
	}
	c.t.Logf("%s: %d entries, %d pass, %d known failures", c.table, c.Total(), c.passed, len(c.known))
}

// Total is how many entries were counted.
func (c *Tally) Total() int { return c.passed + c.failed }
