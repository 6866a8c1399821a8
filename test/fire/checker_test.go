package fire_test

import (
	"strings"
	"testing"
)

// The checks see what they are there for.
func TestChecks(t *testing.T) {
	at := func(worker string, version int, isolate string, n int) stamp {
		return stamp{worker, version, isolate, n}
	}
	for _, c := range []struct {
		name         string
		first, trail []stamp
		floor, exact int
		want         string
	}{
		{"of the first", nil, []stamp{at("leaf", 0, "a", 1), at("front", 0, "b", 1)}, 0, -1, ""},
		{"of the last", nil, []stamp{at("leaf", 1, "a", 1), at("front", 1, "b", 1)}, 0, -1, ""},
		{"of none", nil, []stamp{at("leaf", 0, "a", 1), at("front", 1, "b", 1)}, 0, -1, "no composition"},
		{"of one that is over", []stamp{at("leaf", 1, "a", 1)}, []stamp{at("leaf", 0, "a", 2)}, 1, -1, "no composition"},
		{"of the one it began on", nil, []stamp{at("leaf", 1, "a", 1), at("front", 0, "b", 1)}, 0, 1, ""},
		{"of the next", nil, []stamp{at("leaf", 1, "a", 1), at("front", 1, "b", 1)}, 0, 1, "begun on composition 1"},
		{"a stamp again", []stamp{at("leaf", 0, "a", 1)}, []stamp{at("leaf", 0, "a", 1)}, 0, -1, "two answers"},
		{"no isolate", nil, []stamp{at("leaf", 0, "", 1)}, 0, -1, "empty stamp"},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHistory()
			h.next("leaf")
			h.next("front")
			if err := h.check(c.first, 0, -1); err != nil {
				t.Fatal(err)
			}
			err := h.check(c.trail, c.floor, c.exact)
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
	for _, c := range []struct {
		how, text string
		ok        bool
	}{
		{"loop", "Error: Worker exceeded CPU time limit. (limit: 100 ms)", true},
		{"loop", "answered 200", false},
		{"throws", "TypeError: thrown by x.1", true},
		{"throws", "TypeError: thrown by y.1", false},
		{"shares", `Error: isolate lost: Worker exceeded CPU time limit. (in another call of Worker "hostile", which shared this isolate)`, true},
		{"shares", `Error: isolate lost: Worker exceeded CPU time limit. (in another call of Worker "leaf", which shared this isolate)`, false},
	} {
		if err := judge(c.how, "x.1", c.text); (err == nil) != c.ok {
			t.Errorf("%s and %q: got %v", c.how, c.text, err)
		}
	}
}
