package dev

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/bindery/bindery/node/config"
)

func TestReached(t *testing.T) {
	for _, k := range []struct{ workers, want string }{
		{"a! b", "a"},
		{"a!>b b>c c d", "a b c"},
		{"a! b>c c>b", "a"},
		{"a!>b b>a c>a", "a b"},
		{"a>b b", "a b"},
		{"a b>c c>b", "a"},
		{"a>b b>a", "a b"},
		{"a>a b>a", "a b"},
	} {
		set := &config.Set{}
		for word := range strings.FieldsSeq(k.workers) {
			name, to, bound := strings.Cut(word, ">")
			name, routed := strings.CutSuffix(name, "!")
			w := &config.Worker{Name: name}
			if routed {
				w.Routes = []config.Route{{Pattern: name + ".example/*"}}
			}
			if bound {
				w.Services = []config.Service{{Binding: "B", Service: to}}
			}
			set.Workers = append(set.Workers, w)
		}
		roots, _ := rootNames(set)
		if got := strings.Join(slices.Sorted(maps.Keys(reached(set, roots))), " "); got != k.want {
			t.Errorf("%s: got %s, want %s", k.workers, got, k.want)
		}
	}
}
