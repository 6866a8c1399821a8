package generation

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/bindery/bindery/binding"
	"github.com/bindery/bindery/runtime/bundle/lower"
)

// workers reads "a!>b>c b? c": a is a root that binds b and c, b can't be loaded, c#2 is of version 2, and c* is broken.
func workers(t *testing.T, text string) []Worker {
	t.Helper()
	var list []Worker
	for word := range strings.FieldsSeq(text) {
		parts := strings.Split(word, ">")
		name := strings.TrimRight(parts[0], "!?*#0123456789")
		marks := parts[0][len(name):]
		w := Worker{Root: strings.Contains(marks, "!")}
		w.Name, w.Version = name, marks
		w.Compile = func() (*lower.Program, error) {
			if strings.Contains(marks, "?") {
				return nil, fmt.Errorf("%s can't be compiled", name)
			}
			return lower.Lower(lower.Input{Name: "w.js", Code: []byte("var d = { fetch() {} };\nexport { d as default };\n")})
		}
		if strings.Contains(marks, "*") {
			w.Broken = errors.New("it is broken")
		}
		for _, to := range parts[1:] {
			w.Services = append(w.Services, binding.Service{Binding: strings.ToUpper(to), Worker: to})
		}
		list = append(list, w)
	}
	return list
}

func TestUpdate(t *testing.T) {
	all := func(changed []string) []string { return changed }
	for _, c := range []struct{ before, after, failed, kept string }{
		{"", "a! b!", "", ""},
		{"", "a!>b b!", "", ""},
		{"", "a!>b", "a", ""},                     // bound to nobody
		{"a!", "a!>b c!>a d!", "a c", "a"},        // and who reaches it
		{"a!", "a!*", "a", "a"},                   // broken
		{"a!>b b", "a!>b b* c!", "a", "a"},        // one that it reaches
		{"a!>b b", "a!>b b? c!>b d!", "a c", "a"}, // that can't be loaded
		{"a!>b b>a", "a!>b b>a? c!", "a", "a"},
		{"a! b!", "b!", "", ""}, // a is no more
	} {
		var before *Generation
		if c.before != "" {
			g, err := Update(workers(t, c.before), Options{Warm: all})
			if err != nil || len(g.Failed) > 0 {
				t.Fatal(err, g.Failed)
			}
			before = g
		}
		g, err := Update(workers(t, c.after), Options{Warm: all, Previous: before})
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(slices.Sorted(maps.Keys(g.Failed)), " "); got != c.failed {
			t.Errorf("%s, then %s: failed %v, want %s", c.before, c.after, g.Failed, c.failed)
		}
		for name := range g.Failed {
			root, kept := g.roots[name]
			if want := slices.Contains(strings.Fields(c.kept), name); kept != want {
				t.Errorf("%s, then %s: %s is served: %v, want %v", c.before, c.after, name, kept, want)
			} else if kept && root.Caller != before.composition {
				t.Errorf("%s, then %s: %s is not what it was", c.before, c.after, name)
			}
		}
	}
}

func TestUnchangedLinksKeepTheirIsolates(t *testing.T) {
	asked := []string{}
	warm := func(changed []string) []string {
		asked = slices.Sorted(slices.Values(changed))
		return changed
	}
	first, err := Update(workers(t, "a!>b b c! d!"), Options{Warm: warm})
	if err != nil || fmt.Sprint(asked) != "[a b c d]" || !first.Loaded("a") {
		t.Errorf("first: %v %v", asked, err)
	}
	held := workers(t, "a!>b b#2 c! d!")
	held[3].HeldBack = "it is poison"
	second, err := Update(held, Options{Warm: warm, Previous: first})
	if err != nil || fmt.Sprint(asked) != "[a b]" || second.Link("c") != first.Link("c") || second.Link("a") == first.Link("a") {
		t.Errorf("second: %v %v", asked, err)
	}
	if second.Link("d") == first.Link("d") || second.Loaded("d") {
		t.Error("what is held back has isolates")
	}
}

func TestMake(t *testing.T) {
	for text, want := range map[string]string{
		"a! b?":  `load Worker "b": b can't be compiled`,
		"a!>c":   `Worker "a" binds C to the service "c", and there is no Worker of that name`,
		"a! a":   `compose: two Workers are named "a"`,
		"a!>b b": "<nil>",
	} {
		if _, err := Make(workers(t, text), Options{}); fmt.Sprint(err) != want {
			t.Errorf("%s: got %v, want %s", text, err, want)
		}
	}
}
