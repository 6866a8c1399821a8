package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/bindery/bindery/node/dev"
	"github.com/bindery/bindery/node/ingress"
	"github.com/bindery/bindery/runtime"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// printed is what a reporter prints when use has used it.
func printed(level level, color bool, use func(t *textReporter)) string {
	var b bytes.Buffer
	out := newOutput(&b)
	use(&textReporter{out: out, level: level, color: color})
	out.Close()
	return b.String()
}

func TestTextReporter(t *testing.T) {
	thrown := &webidl.Thrown{Class: "TypeError", Message: "no", Stack: "TypeError: no\n\tat f (index.js:1:2)\n"}
	use := func(t *textReporter) {
		t.Console("auth", nil, webidl.LogEntry{Level: "log", Text: "one\ntwo"})
		t.Console("auth", nil, webidl.LogEntry{Level: "debug", Text: "detail"})
		t.Console("auth", nil, webidl.LogEntry{Level: "warn", Text: "careful"})
		t.Console("auth", nil, webidl.LogEntry{Level: "error", Text: "bad"})
		t.Request(ingress.Entry{Worker: "auth", Method: "GET", Target: "/a?b", Status: 404, Duration: 1234567 * time.Nanosecond})
		t.Request(ingress.Entry{Method: "GET", Target: "/", Duration: 25400 * time.Microsecond, Aborted: "the client disconnected"})
		t.Exception("auth", nil, &runtime.Uncaught{Thrown: thrown, In: "timer"})
		t.Trouble("trouble")
		t.Stopping()
	}
	for _, c := range []struct {
		name  string
		level level
		color bool
		want  string
	}{
		{"info", levelInfo, false, `
[auth] one
[auth] two
[auth] debug: detail
[auth] warn: careful
[auth] error: bad
[auth] GET /a?b 404 1.23 ms
[-] GET / - 25 ms (the client disconnected)
[auth] uncaught TypeError: no (in timer)
[auth] 	at f (index.js:1:2)
warning: trouble
Stopping: requests under way are finished first (Ctrl-C again ends at once).
`},
		{"warn", levelWarn, false, `
[auth] warn: careful
[auth] error: bad
[auth] uncaught TypeError: no (in timer)
[auth] 	at f (index.js:1:2)
warning: trouble
`},
		{"error, in colour", levelError, true, `
e[92m[auth]e[0m e[31merror: bade[0m
e[92m[auth]e[0m e[31muncaught TypeError: no (in timer)e[0m
e[92m[auth]e[0m e[31m	at f (index.js:1:2)e[0m
`},
		{"none", levelNone, false, "\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := "\n" + strings.ReplaceAll(printed(c.level, c.color, use), "\x1b", "e")
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// stuck is a terminal that takes nothing until it is let go.
type stuck struct {
	bytes.Buffer
	free chan struct{}
}

func (s *stuck) Write(p []byte) (int, error) {
	<-s.free
	return s.Buffer.Write(p)
}

func TestOutputNeverBlocks(t *testing.T) {
	defer goleak.VerifyNone(t)
	w := &stuck{free: make(chan struct{})}
	out := newOutput(w)
	line := []byte(strings.Repeat("x", 1023) + "\n")
	add := func(b []byte) []byte { return append(b, line...) }
	for range 2 * maxWaiting / len(line) {
		out.print(add)
	}
	close(w.free)
	out.Flush()
	out.print(func(b []byte) []byte { return append(b, "last\n"...) })
	out.Close()
	text := w.String()
	if !strings.Contains(text, " messages left out: they came faster than they could be written)\nlast\n") {
		t.Errorf("ends with %q", text[max(0, len(text)-200):])
	}
	if n := strings.Count(text, string(line)); n < maxWaiting/len(line) || n > 3*maxWaiting/2/len(line) {
		t.Errorf("%d lines were written", n)
	}
	out.print(add) // after Close: nothing
}

func TestJSONIsNotForPages(t *testing.T) {
	var b bytes.Buffer
	out := newOutput(&b)
	j := &jsonReporter{out: out, level: levelInfo}
	j.Console("auth", nil, webidl.LogEntry{Level: "log", Text: "a => b && <c>"})
	out.Close()
	if got, want := b.String(), `"worker":"auth","message":"a => b && <c>"}`+"\n"; !strings.HasSuffix(got, want) {
		t.Errorf("got %s", got)
	}
}

func TestTableSaysWhatNothingReaches(t *testing.T) {
	version := strings.Repeat("0", 64)
	g := &dev.Generation{Workers: []dev.Worker{
		{Name: "a", Version: version, Root: true, Reached: true, Routes: []string{"x/*"}},
		{Name: "b", Version: version, Reached: true},
		{Name: "c", Version: version},
		{Name: "d", Version: version},
	}}
	got := string(appendTable(nil, g))
	for _, want := range []string{"root x/*", "bindings only (private)", "nothing", "Nothing reaches c, d: give it a route"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing in\n%s", want, got)
		}
	}
	g.Workers = g.Workers[:2]
	if got := string(appendTable(nil, g)); strings.Contains(strings.ToLower(got), "nothing") {
		t.Errorf("got\n%s", got)
	}
}
