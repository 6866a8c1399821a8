package schedulertest

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/bindery/bindery/scheduler"
)

// Script runs a scenario and returns it with its output. It is paragraphs, each a command with arguments, lines of input, a line
// "----", and the output up to the next empty line. A line that begins with # is a comment. See scheduler/testdata for
// examples. Commands:
//
//	settings even|replicas=N         before the first plan
//	nodes, deploy, measure           a line each; see ParseNode, ParseWorker, ParseMeasure
//	delete, hold, unhold, drain, ready, lose, remove NAME...
//	plan                             plans, and prints the changes
//	rebalance moves=N [load=N]       prints the moves
//	placement, usage, short, graph   print what there is
//	explain ROOT                     prints the explanation
//	preview                          deploys its lines in thought only, and prints what would change
func Script(t Reporter, text string) string {
	t.Helper()
	h := New(t)
	var out strings.Builder
	for _, p := range strings.Split(strings.TrimSpace(text), "\n\n") {
		input, _, asked := strings.Cut(p+"\n", "----\n")
		out.WriteString(strings.TrimRight(input, "\n") + "\n")
		if asked {
			out.WriteString("----\n")
		}
		result := h.command(input)
		if !asked && result != "" {
			out.WriteString("----\n")
		}
		out.WriteString(result + "\n")
	}
	return strings.TrimRight(out.String(), "\n") + "\n"
}

// command runs one paragraph and returns its output.
func (h *Harness) command(input string) string {
	h.T.Helper()
	var lines []string
	for _, line := range strings.Split(input, "\n") {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			lines = append(lines, line)
		}
	}
	if len(lines) == 0 {
		return ""
	}
	words := strings.Fields(lines[0])
	args, body := words[1:], lines[1:]
	verbs := map[string]func(...string){
		"nodes": h.Nodes, "deploy": h.Deploy, "measure": h.Measure, "delete": h.Delete, "hold": h.Hold, "unhold": h.Unhold,
		"drain": h.Drain, "ready": h.Ready, "lose": h.Lose, "remove": h.Remove,
	}
	if verb, ok := verbs[words[0]]; ok {
		verb(append(args, body...)...)
		return ""
	}
	switch words[0] {
	case "settings":
		h.settings(args)
	case "plan":
		return text(h.Plan().String())
	case "rebalance":
		return h.rebalance(args)
	case "placement":
		return text(h.Placement())
	case "usage":
		return h.usage()
	case "short":
		return h.short()
	case "graph":
		return h.graph()
	case "explain":
		return h.explain(args)
	case "preview":
		return h.preview(body)
	default:
		h.T.Fatalf("there is no command %q", words[0])
	}
	return ""
}

func text(s string) string {
	if s == "" {
		return "nothing\n"
	}
	return s
}

func (h *Harness) settings(args []string) {
	h.T.Helper()
	if h.State != nil {
		h.T.Fatalf("settings come before the first plan")
	}
	for _, arg := range args {
		key, value, _ := strings.Cut(arg, "=")
		switch key {
		case "even":
			h.Snapshot.Settings.Even = true
		case "replicas":
			h.Snapshot.Settings.Replicas = h.number(value)
		default:
			h.T.Fatalf("there is no setting %q", arg)
		}
	}
}

func (h *Harness) number(s string) int {
	h.T.Helper()
	n, err := strconv.Atoi(s)
	if err != nil {
		h.T.Fatalf("%q is no number", s)
	}
	return n
}

func (h *Harness) rebalance(args []string) string {
	h.T.Helper()
	l := scheduler.Limits{}
	for _, arg := range args {
		key, value, _ := strings.Cut(arg, "=")
		switch key {
		case "moves":
			l.Moves = h.number(value)
		case "load":
			l.Load = int64(h.number(value))
		default:
			h.T.Fatalf("there is no limit %q", arg)
		}
	}
	var b strings.Builder
	for _, m := range h.Rebalance(l) {
		fmt.Fprintln(&b, m)
	}
	return text(b.String() + h.Last.String())
}

func (h *Harness) usage() string {
	var b strings.Builder
	for _, u := range h.State.Usage() {
		fmt.Fprintf(&b, "%s: %d of %d MiB, groups: %d\n", u.Node.ID, u.Used.Memory>>20, u.Node.Memory>>20, u.Groups)
	}
	return text(b.String())
}

func (h *Harness) short() string {
	var b strings.Builder
	for _, s := range h.State.Shortages() {
		fmt.Fprintln(&b, s)
	}
	return text(b.String())
}

func (h *Harness) graph() string {
	var b strings.Builder
	g := h.State.Graph()
	for _, part := range g.Parts() {
		fmt.Fprintf(&b, "part %s\n", strings.Join(part, " "))
	}
	for _, root := range g.Roots() {
		fmt.Fprintf(&b, "group %s: %s\n", root, strings.Join(g.Closure(root), " "))
	}
	for _, f := range g.Faults() {
		fmt.Fprintln(&b, f.Error())
	}
	return text(b.String())
}

func (h *Harness) explain(args []string) string {
	h.T.Helper()
	var b strings.Builder
	for _, root := range args {
		e, ok := h.State.Explain(root)
		if !ok {
			h.T.Fatalf("%q is no root", root)
		}
		b.WriteString(e.String())
	}
	return b.String()
}

func (h *Harness) preview(lines []string) string {
	h.T.Helper()
	versions := map[string]int{}
	for name, n := range h.versions {
		versions[name] = n
	}
	h.Deploy(lines...)
	d := h.Pending()
	h.versions = versions
	p, err := h.State.Preview(&d)
	if err != nil {
		return err.Error() + "\n"
	}
	return p.String()
}
