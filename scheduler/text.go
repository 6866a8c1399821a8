package scheduler

import (
	"fmt"
	"strings"
)

// String has a line for each change: "+" for a new assignment, "~" for another composition in place, "-" for one that ends;
// then the roots that came to be short and those that ceased to be. It is empty if nothing changes.
func (c Changes) String() string {
	var b strings.Builder
	for _, part := range []struct {
		sign string
		list []Assignment
	}{{"+", c.Assign}, {"~", c.Update}, {"-", c.Unassign}} {
		for _, a := range part.list {
			fmt.Fprintf(&b, "%s %s on %s (%s)\n", part.sign, a.Root, a.Node, short(a.Composition))
		}
	}
	if len(c.Short) > 0 {
		fmt.Fprintf(&b, "short: %s\n", strings.Join(c.Short, ", "))
	}
	if len(c.Whole) > 0 {
		fmt.Fprintf(&b, "whole: %s\n", strings.Join(c.Whole, ", "))
	}
	return b.String()
}

// short is enough of a composition's hash to tell it from others in a text.
func short(composition string) string { return composition[:min(8, len(composition))] }
