package main

import (
	"errors"
	"fmt"
	"hash/fnv"
	"strconv"
	"strings"
	"time"

	"github.com/evanw/esbuild/pkg/api"

	"github.com/bindery/bindery/node/dev"
	"github.com/bindery/bindery/node/ingress"
	"github.com/bindery/bindery/runtime"
	"github.com/bindery/bindery/runtime/invocation"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// textReporter prints for people.
type textReporter struct {
	out   *output
	level level
	color bool
}

var _ dev.Reporter = (*textReporter)(nil)

// Colours of a terminal (ECMA-48, SGR).
const (
	red    = "31"
	green  = "32"
	yellow = "33"
	dim    = "2"
)

// workerColors are those of Workers' names; red and yellow mean something else.
var workerColors = []string{"36", "35", "34", "32", "96", "95", "94", "92"}

func (t *textReporter) paint(code, s string) string {
	if !t.color || code == "" {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

// tag is a Worker's name in front of its lines.
func (t *textReporter) tag(worker string) string {
	if worker == "" {
		worker = "-"
	}
	if !t.color {
		return "[" + worker + "] "
	}
	h := fnv.New32a()
	h.Write([]byte(worker))
	return t.paint(workerColors[h.Sum32()%uint32(len(workerColors))], "["+worker+"]") + " "
}

// lines prints text, each line with the prefix.
func (t *textReporter) lines(prefix, text, color string) {
	t.out.print(func(b []byte) []byte {
		for line := range strings.SplitSeq(strings.TrimRight(text, "\n"), "\n") {
			b = append(b, prefix...)
			b = append(b, t.paint(color, line)...)
			b = append(b, '\n')
		}
		return b
	})
}

func (t *textReporter) Console(worker string, _ *invocation.Invocation, e webidl.LogEntry) {
	l := consoleLevel(e.Level)
	if l < t.level {
		return
	}
	text, color := e.Text, ""
	switch e.Level {
	case "warn":
		text, color = "warn: "+text, yellow
	case "error":
		text, color = "error: "+text, red
	case "debug":
		text, color = "debug: "+text, dim
	}
	t.lines(t.tag(worker), text, color)
}

func (t *textReporter) Exception(worker string, _ *invocation.Invocation, e *runtime.Uncaught) {
	if t.level > levelError {
		return
	}
	text := "uncaught " + thrownText(e.Thrown) + " (in " + e.In + ")"
	if frames := stackFrames(e.Thrown); frames != "" {
		text += "\n" + frames
	}
	if e.GoStack != "" {
		text += "\nThis is a fault of bindery. Where it happened:\n" + e.GoStack
	}
	t.lines(t.tag(worker), text, red)
}

func (t *textReporter) Failure(worker string, inv *invocation.Invocation, err error) {
	var thrown *webidl.Thrown
	if !errors.As(err, &thrown) {
		thrown = &webidl.Thrown{Class: "Error", Message: err.Error()}
	}
	t.Exception(worker, inv, &runtime.Uncaught{Thrown: thrown, In: "fetch handler"})
}

// thrownText is the first line of an exception.
func thrownText(e *webidl.Thrown) string { return e.Error() }

// stackFrames is an exception's stack without its first line.
func stackFrames(e *webidl.Thrown) string {
	stack := e.Stack
	if rest, ok := strings.CutPrefix(stack, e.Error()); ok {
		stack = rest
	}
	return strings.Trim(stack, "\n")
}

func (t *textReporter) Request(e ingress.Entry) {
	if t.level > levelInfo {
		return
	}
	tag := t.tag(e.Worker)
	t.out.print(func(b []byte) []byte {
		b = append(b, tag...)
		b = append(b, e.Method...)
		b = append(b, ' ')
		b = append(b, e.Target...)
		b = append(b, ' ')
		b = t.appendStatus(b, e.Status)
		b = append(b, ' ')
		b = strconv.AppendFloat(b, milliseconds(e.Duration), 'f', -1, 64)
		b = append(b, " ms"...)
		if e.Aborted != "" {
			b = append(b, " ("+e.Aborted+")"...)
		}
		return append(b, '\n')
	})
}

func (t *textReporter) appendStatus(b []byte, status int) []byte {
	color := green
	switch {
	case status == 0:
		return append(b, '-')
	case status >= 500:
		color = red
	case status >= 400:
		color = yellow
	}
	if !t.color {
		return strconv.AppendInt(b, int64(status), 10)
	}
	return append(b, t.paint(color, strconv.Itoa(status))...)
}

// milliseconds rounds to three digits that count, roughly.
func milliseconds(d time.Duration) float64 {
	step := 10 * time.Microsecond
	if d >= 10*time.Millisecond {
		step = time.Millisecond
	}
	return float64(d.Round(step)) / float64(time.Millisecond)
}

func (t *textReporter) Ready(g *dev.Generation, addresses []string, took time.Duration) {
	if t.level > levelInfo {
		return
	}
	t.out.print(func(b []byte) []byte {
		b = fmt.Appendf(b, "%s\n\n", t.paint(green, fmt.Sprintf("%s ready in %v ms", count(len(g.Workers), "Worker"), milliseconds(took))))
		b = appendTable(b, g)
		b = append(b, '\n')
		return appendAddresses(b, g, addresses)
	})
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return strconv.Itoa(n) + " " + what + "s"
}

// appendTable lists the Workers.
func appendTable(b []byte, g *dev.Generation) []byte {
	rows := [][]string{{"WORKER", "VERSION", "REACHED BY", "BINDINGS", "FILE"}}
	var unreached []string
	for _, w := range g.Workers {
		reached := "bindings only (private)"
		switch {
		case w.Root:
			reached = strings.Join(append([]string{"root"}, w.Routes...), " ")
		case !w.Reached:
			reached = "nothing"
			unreached = append(unreached, w.Name)
		}
		var bindings []string
		for _, s := range w.Services {
			text := s.Binding + " → " + s.Worker
			if s.Entrypoint != "" {
				text += "#" + s.Entrypoint
			}
			bindings = append(bindings, text)
		}
		rows = append(rows, []string{w.Name, w.Version[:8], reached, orDash(strings.Join(bindings, ", ")), w.File})
	}
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], len([]rune(cell)))
		}
	}
	for _, row := range rows {
		line := "  "
		for i, cell := range row {
			line += cell + strings.Repeat(" ", widths[i]-len([]rune(cell))+2)
		}
		b = append(b, strings.TrimRight(line, " ")+"\n"...)
	}
	if g.Chosen {
		b = append(b, "\n  No Worker has a route: the roots are those that no other Worker binds to.\n"...)
	}
	if len(unreached) > 0 {
		b = fmt.Appendf(b, "\n  Nothing reaches %s: give it a route, or bind a Worker to it that can be reached.\n", strings.Join(unreached, ", "))
	}
	return b
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

func portOf(address string) string { return address[strings.LastIndexByte(address, ':')+1:] }

// appendAddresses lists the URLs of the roots.
func appendAddresses(b []byte, g *dev.Generation, addresses []string) []byte {
	port := portOf(addresses[0])
	for i, w := range g.Roots() {
		if i == 0 {
			b = fmt.Appendf(b, "  http://localhost:%s  %s\n", port, w.Name)
		}
		b = fmt.Appendf(b, "  http://%s.localhost:%s  %s\n", w.Name, port, w.Name)
	}
	return append(b, "  Ctrl-C stops.\n\n"...)
}

func (t *textReporter) Swapped(s dev.Swap) {
	if t.level > levelInfo {
		return
	}
	var parts []string
	versions := map[string]string{}
	for _, w := range s.Generation.Workers {
		versions[w.Name] = w.Version[:8]
	}
	for _, name := range s.Changed {
		parts = append(parts, name+" "+versions[name])
	}
	for _, name := range s.Gone {
		parts = append(parts, name+" removed")
	}
	text := "changed: " + strings.Join(parts, ", ")
	if len(parts) == 0 {
		text = "changed: routes"
	}
	if s.Repaired {
		text = "good again, " + text
	}
	t.lines("", fmt.Sprintf("%s (%v ms)", text, milliseconds(s.Took)), green)
	if len(s.Gone) > 0 || len(s.Changed) > 0 && t.level == levelDebug {
		t.out.print(func(b []byte) []byte { return appendTable(b, s.Generation) })
	}
}

func (t *textReporter) Repaired(took time.Duration) {
	if t.level > levelInfo {
		return
	}
	t.lines("", fmt.Sprintf("good again, nothing changed (%v ms)", milliseconds(took)), green)
}

func (t *textReporter) Faulty(f *dev.Fault) {
	if t.level > levelError {
		return
	}
	text := formatFault(f, t.color) + t.paint(red, "The last good version is served on.") + "\n"
	t.out.print(func(b []byte) []byte { return append(b, text...) })
}

// formatFault renders a fault as esbuild does, with excerpts.
func formatFault(f *dev.Fault, color bool) string {
	return strings.Join(api.FormatMessages(f.Messages, api.FormatMessagesOptions{Kind: api.ErrorMessage, Color: color}), "")
}

func (t *textReporter) Warnings(messages []api.Message) {
	if t.level > levelWarn || len(messages) == 0 {
		return
	}
	text := strings.Join(api.FormatMessages(messages, api.FormatMessagesOptions{Kind: api.WarningMessage, Color: t.color}), "")
	t.out.print(func(b []byte) []byte { return append(b, text...) })
}

func (t *textReporter) Trouble(text string) {
	if t.level <= levelWarn {
		t.lines("", "warning: "+text, yellow)
	}
}

func (t *textReporter) Stopping() {
	if t.level <= levelInfo {
		t.lines("", "Stopping: requests under way are finished first (Ctrl-C again ends at once).", dim)
	}
}
