// Package console is the global object console (https://console.spec.whatwg.org/) and the wording of values for people to read.
//
// It formats; where the text goes is the host's business (webidl.Host.Log). The texts are Node's in the main, which is what developers
// expect to see. What script logs can neither break the console, nor be changed by it, nor fill the log with more than 64 KB at a time.
package console

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/engine"
	"github.com/bindery/bindery/runtime/invocation"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// API is what this package adds to the global object.
var API = webidl.API{Globals: []engine.Member{{Name: "console", Make: func(rt *goja.Runtime) goja.Value {
	if webidl.Of(rt) == nil {
		return engine.Hidden(goja.Undefined())
	}
	return engine.Hidden(engine.NewTemplated(rt, template, func(*goja.Object) {}))
}}}}

// template is the console: a namespace object, whose prototype is an empty object.
var template = engine.NewTemplate(members(), func(rt *goja.Runtime) *goja.Object { return rt.NewObject() })

// maxLabels bounds what count and time remember of a realm.
const maxLabels = 1000

// state is what the console of a realm remembers.
type state struct {
	counts map[string]int
	timers map[string]time.Time
	// Indentation by group belongs to the invocation that opened it. Those of others that share the isolate do not see it; when they write
	// in between, it is gone: a log line that is not indented does less harm than one that is indented by a stranger.
	group      int
	groupOwner *invocation.Invocation
	logged     int64 // bytes, in nobody's name
}

type stateKey struct{}

func stateOf(r *webidl.Realm) *state {
	s, _ := r.Slot(stateKey{}).(*state)
	if s == nil {
		s = &state{counts: make(map[string]int), timers: make(map[string]time.Time)}
		r.SetSlot(stateKey{}, s)
	}
	return s
}

func (s *state) indent(inv *invocation.Invocation) *int {
	if s.groupOwner != inv {
		s.groupOwner, s.group = inv, 0
	}
	return &s.group
}

// maxGroup is how deep groups are shown.
const maxGroup = 20

func members() []engine.Member {
	method := func(name string, fn func(c webidl.Call)) engine.Member {
		return webidl.Function(name, 0, "console."+name, func(c webidl.Call) goja.Value {
			fn(c)
			return goja.Undefined()
		})
	}
	list := []engine.Member{{Symbol: goja.SymToStringTag, Make: func(rt *goja.Runtime) goja.Value { return engine.ReadOnly(rt.ToValue("console")) }}}
	for _, m := range []struct{ name, level string }{
		{"debug", "debug"}, {"error", "error"}, {"info", "info"}, {"log", "log"}, {"warn", "warn"}, {"dirxml", "log"},
	} {
		list = append(list, method(m.name, func(c webidl.Call) { write(c, m.level, format(c.Realm, c.Args)) }))
	}
	for _, name := range []string{"clear", "profile", "profileEnd", "timeStamp"} {
		list = append(list, method(name, func(webidl.Call) {}))
	}
	return append(list,
		method("trace", trace), method("assert", assert), method("dir", dir), method("table", table),
		method("count", count), method("countReset", countReset),
		method("group", group), method("groupCollapsed", group),
		method("groupEnd", func(c webidl.Call) {
			if n := stateOf(c.Realm).indent(c.Invocation()); *n > 0 {
				*n--
			}
		}),
		method("time", startTimer), method("timeEnd", func(c webidl.Call) { logTimer(c, true) }), method("timeLog", func(c webidl.Call) { logTimer(c, false) }),
	)
}

// write hands a message to the host, indented as the open groups want it.
func write(c webidl.Call, level, text string) {
	if len(text) > maxText {
		text = strings.ToValidUTF8(text[:maxText], "") + "... (truncated)"
	}
	if n := *stateOf(c.Realm).indent(c.Invocation()); n > 0 {
		margin := strings.Repeat("  ", min(n, maxGroup))
		text = margin + strings.ReplaceAll(text, "\n", "\n"+margin)
	}
	inv := c.Invocation()
	sum := stateOf(c.Realm).count(inv, len(text))
	switch {
	case sum <= maxLogged:
		c.Host.Log(inv, webidl.LogEntry{Level: level, Text: text})
	case sum-int64(len(text)) <= maxLogged:
		c.Host.Log(inv, webidl.LogEntry{Level: "warn", Text: fmt.Sprintf("Log size limit exceeded: more than %d KB of data was logged in one call; the rest is left out.", maxLogged>>10)})
	}
}

// maxLogged is how many bytes one invocation may log, and a module while it loads. What is beyond would come before all that others have to say. Cloudflare's limit
// is 256 KB.
const maxLogged = 1 << 20

// count adds to what an invocation has logged.
func (s *state) count(inv *invocation.Invocation, bytes int) int64 {
	if inv != nil {
		return inv.Logged(bytes)
	}
	s.logged += int64(bytes)
	return s.logged
}

// label is the name of a count or a timer.
func label(c webidl.Call) string {
	if !c.Has(0) {
		return "default"
	}
	if _, ok := c.Arg(0).(*goja.Symbol); ok {
		return Inspect(c.Realm, c.Arg(0))
	}
	return webidl.Clip(c.DOMString(c.Arg(0)), maxName)
}

func trace(c webidl.Call) {
	text := "Trace"
	if len(c.Args) > 0 {
		text += ": " + format(c.Realm, c.Args)
	}
	for i, f := range c.VM.CaptureCallStack(0, nil) {
		if i == 0 {
			continue // console.trace itself
		}
		at := f.Position()
		place := f.SrcName() + ":" + strconv.Itoa(at.Line) + ":" + strconv.Itoa(at.Column)
		if name := f.FuncName(); name != "" && name != "<anonymous>" {
			place = name + " (" + place + ")"
		}
		text += "\n    at " + place
	}
	write(c, "debug", text)
}

func assert(c webidl.Call) {
	if c.Bool(0) {
		return
	}
	text := "Assertion failed"
	if len(c.Args) > 1 {
		rest := c.Args[1:]
		if s, ok := rest[0].(goja.String); ok {
			text += ": " + formatFrom(c.Realm, webidl.Clip(s, maxText), rest[1:])
		} else {
			text += ": " + format(c.Realm, rest)
		}
	}
	write(c, "error", text)
}

// dir shows one value, as deep as options.depth says; null means as deep as it goes.
func dir(c webidl.Call) {
	depth := defaultDepth
	if options, ok := c.Arg(1).(*goja.Object); ok {
		switch v := options.Get("depth"); {
		case v == nil || goja.IsUndefined(v):
		case goja.IsNull(v):
			depth = maxDepth
		default:
			depth = int(c.ClampInteger(v, 0, maxDepth))
		}
	}
	write(c, "log", newPrinter(c.Realm, depth).value(c.Arg(0), 0))
}

// maxDepth bounds the recursion of a printer.
const maxDepth = 200

func count(c webidl.Call) {
	name, s := label(c), stateOf(c.Realm)
	if s.counts[name] == 0 && len(s.counts) >= maxLabels {
		clear(s.counts)
	}
	s.counts[name]++
	write(c, "log", name+": "+strconv.Itoa(s.counts[name]))
}

func countReset(c webidl.Call) {
	name, s := label(c), stateOf(c.Realm)
	if s.counts[name] == 0 {
		write(c, "warn", "Count for '"+name+"' does not exist")
		return
	}
	delete(s.counts, name)
}

func group(c webidl.Call) {
	if len(c.Args) > 0 {
		write(c, "log", format(c.Realm, c.Args))
	}
	*stateOf(c.Realm).indent(c.Invocation())++
}

func startTimer(c webidl.Call) {
	name, s := label(c), stateOf(c.Realm)
	if _, ok := s.timers[name]; ok {
		write(c, "warn", "Label '"+name+"' already exists for console.time()")
		return
	}
	if len(s.timers) >= maxLabels {
		clear(s.timers)
	}
	s.timers[name] = time.Now()
}

func logTimer(c webidl.Call, end bool) {
	name, s := label(c), stateOf(c.Realm)
	start, ok := s.timers[name]
	if !ok {
		write(c, "warn", "No such label '"+name+"' for "+c.Name+"()")
		return
	}
	text := name + ": " + durationText(time.Since(start))
	if end {
		delete(s.timers, name)
	} else if len(c.Args) > 1 {
		text += " " + format(c.Realm, c.Args[1:])
	}
	write(c, "log", text)
}

// durationText words a time as Node does: "1.5ms", "2.250s", "1:02.000 (m:ss.mmm)".
func durationText(d time.Duration) string {
	ms := float64(d) / float64(time.Millisecond)
	switch {
	case d >= time.Minute:
		minutes := int(d / time.Minute)
		rest := (d % time.Minute).Milliseconds()
		sec := strconv.FormatInt(rest/1000, 10)
		frac := strconv.FormatInt(rest%1000, 10)
		return strconv.Itoa(minutes) + ":" + strings.Repeat("0", 2-len(sec)) + sec + "." + strings.Repeat("0", 3-len(frac)) + frac + " (m:ss.mmm)"
	case d >= time.Second:
		return strconv.FormatFloat(ms/1000, 'f', 3, 64) + "s"
	}
	text := strconv.FormatFloat(ms, 'f', 3, 64)
	return strings.TrimRight(strings.TrimRight(text, "0"), ".") + "ms"
}
