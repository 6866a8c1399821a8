// Package runtimetest is the test kit of the Web APIs: it runs a snippet of JavaScript in a realm that has the APIs under
// test, waits for everything that the snippet started, and compares.
//
// It does not use package runtime, so that a Web API is tested without the others. In a package's tests:
//
//	func TestMain(m *testing.M) { runtimetest.Main(m, url.API) }
//
//	func TestURL(t *testing.T) {
//		rt := runtimetest.New(t)
//		rt.Run(`new URL("../b", "http://x/a/").href`).Want("http://x/b")
//		rt.Async(`return await new Response("x").text()`).Want("x")
//		rt.Run(`new URL("::")`).WantError("TypeError: Invalid URL")
//	}
//
// Timers run in fake time inside testing/synctest.
package runtimetest

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/invocation"
	"github.com/bindery/bindery/runtime/strand"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// Main installs the APIs, runs the tests and exits. Call it from TestMain.
func Main(m *testing.M, apis ...webidl.API) {
	webidl.Install(apis...)
	os.Exit(m.Run())
}

// Runtime is one realm under test.
type Runtime struct {
	Realm      *webidl.Realm
	Invocation *invocation.Invocation

	t      testing.TB
	strand strand.Strand

	mu        sync.Mutex
	idle      *sync.Cond
	busy      int // guarded by mu: work pending and tasks queued or running
	logs      []webidl.LogEntry
	unhandled []string
}

// New makes a realm with an invocation of its own; both end with the test. Unhandled rejections fail the test.
func New(t testing.TB) *Runtime {
	rt := &Runtime{t: t, Invocation: invocation.New("test", invocation.Limits{})}
	rt.idle = sync.NewCond(&rt.mu)
	rt.Realm = webidl.NewRealm(rt)
	t.Cleanup(func() {
		rt.Invocation.Release()
		if u := rt.TakeUnhandled(); len(u) > 0 {
			t.Errorf("unhandled rejection: %s", u[0])
		}
	})
	return rt
}

// Post implements webidl.Host.
func (rt *Runtime) Post(inv *invocation.Invocation, task func()) {
	rt.Pending(1)
	rt.strand.Post(func() {
		defer rt.Pending(-1)
		if err := rt.Realm.Enter(inv, task); err != nil {
			rt.t.Errorf("task: %v", err)
		}
	})
}

// Pending implements webidl.Host.
func (rt *Runtime) Pending(delta int) {
	rt.mu.Lock()
	defer rt.mu.Unlock()
	rt.busy += delta
	if rt.busy == 0 {
		rt.idle.Broadcast()
	}
}

// Log implements webidl.Host.
func (rt *Runtime) Log(_ *invocation.Invocation, e webidl.LogEntry) {
	rt.mu.Lock()
	defer rt.mu.Unlock()
	rt.logs = append(rt.logs, e)
}

// Unhandled implements webidl.Host.
func (rt *Runtime) Unhandled(_ *invocation.Invocation, reason goja.Value) {
	text := rt.Realm.Describe(reason).Error()
	rt.mu.Lock()
	defer rt.mu.Unlock()
	rt.unhandled = append(rt.unhandled, text)
}

// TakeUnhandled gives the unhandled rejections so far and forgets them, so that they don't fail the test.
func (rt *Runtime) TakeUnhandled() []string {
	rt.mu.Lock()
	defer rt.mu.Unlock()
	u := rt.unhandled
	rt.unhandled = nil
	return u
}

// Logs gives what was written to the console since the last call, a line an entry: "error: text".
func (rt *Runtime) Logs() []string {
	rt.mu.Lock()
	defer rt.mu.Unlock()
	var lines []string
	for _, e := range rt.logs {
		lines = append(lines, e.Level+": "+e.Text)
	}
	rt.logs = nil
	return lines
}

// wait blocks until nothing is pending.
func (rt *Runtime) wait() {
	rt.mu.Lock()
	defer rt.mu.Unlock()
	for rt.busy > 0 {
		rt.idle.Wait()
	}
}

// Do runs fn on the strand as one turn and waits for everything that it started.
func (rt *Runtime) Do(fn func(r *webidl.Realm)) {
	rt.t.Helper()
	rt.Post(rt.Invocation, func() { fn(rt.Realm) })
	rt.wait()
}

// Result is what a snippet came to.
type Result struct {
	t     testing.TB
	src   string
	value string
	err   string
}

// Run evaluates a script; if its value is a promise, that is awaited.
func (rt *Runtime) Run(src string) *Result {
	rt.t.Helper()
	res := &Result{t: rt.t, src: src, err: "the promise never settled"}
	rt.Post(rt.Invocation, func() {
		v, err := rt.Realm.VM.RunScript("snippet.js", src)
		if err != nil {
			res.err = describe(rt.Realm, err)
			return
		}
		rt.Realm.Then(v, func(v goja.Value) {
			res.err, res.value = "", text(rt.Realm, v)
		}, func(v goja.Value) { res.err = rt.Realm.Describe(v).Error() })
	})
	rt.wait()
	return res
}

// Async evaluates the body of an async function and awaits what it returns.
func (rt *Runtime) Async(body string) *Result {
	rt.t.Helper()
	return rt.Run("(async () => {" + body + "\n})()")
}

func describe(r *webidl.Realm, err error) string {
	var ex *goja.Exception
	if errors.As(err, &ex) {
		return r.Describe(ex.Value()).Error()
	}
	return err.Error()
}

// text shows a value as a table of expectations would write it: strings bare, objects and arrays as JSON.
func text(r *webidl.Realm, v goja.Value) (s string) {
	obj, ok := v.(*goja.Object)
	if !ok {
		if sym, ok := v.(*goja.Symbol); ok {
			return "Symbol(" + sym.String() + ")"
		}
		return v.String()
	}
	if thrown := r.Try(func() {
		if c := obj.ClassName(); c != "Object" && c != "Array" {
			s = obj.String()
			return
		}
		j, err := obj.MarshalJSON()
		if err != nil {
			panic(err)
		}
		s = string(j)
	}); thrown != nil {
		return "throws " + r.Describe(thrown).Error()
	}
	return s
}

// Want fails the test unless the snippet gave want.
func (res *Result) Want(want string) {
	res.t.Helper()
	switch {
	case res.err != "":
		res.t.Errorf("%s\n\tthrew %s\n\twant  %s", clip(res.src), res.err, want)
	case res.value != want:
		res.t.Errorf("%s\n\tgot  %s\n\twant %s", clip(res.src), res.value, want)
	}
}

// WantError fails the test unless the snippet threw an error whose text ("TypeError: Invalid URL") begins with want.
func (res *Result) WantError(want string) {
	res.t.Helper()
	if res.err == "" {
		res.t.Errorf("%s\n\tgot  %s\n\twant it to throw %s", clip(res.src), res.value, want)
	} else if !strings.HasPrefix(res.err, want) {
		res.t.Errorf("%s\n\tthrew %s\n\twant  %s", clip(res.src), res.err, want)
	}
}

// Value gives the result as text; it fails the test if the snippet threw.
func (res *Result) Value() string {
	res.t.Helper()
	if res.err != "" {
		res.t.Errorf("%s\n\tthrew %s", clip(res.src), res.err)
	}
	return res.value
}

// Err gives the text of what the snippet threw, "" if nothing.
func (res *Result) Err() string { return res.err }

func clip(s string) string {
	if len(s) > 400 {
		return fmt.Sprintf("%s… (%d bytes)", s[:400], len(s))
	}
	return s
}

// Case is a row of a table: Src is a script, or the body of an async function if it says await.
type Case struct{ Name, Src, Want string }

// Table runs each case in a realm of its own. A Want that begins with "throws " wants an error whose text begins with the rest.
func Table(t *testing.T, cases []Case) {
	t.Helper()
	for _, c := range cases {
		name := c.Name
		if name == "" {
			name = clip(c.Src)
		}
		t.Run(name, func(t *testing.T) {
			rt := New(t)
			var res *Result
			if strings.Contains(c.Src, "await ") {
				res = rt.Async(c.Src)
			} else {
				res = rt.Run(c.Src)
			}
			if want, ok := strings.CutPrefix(c.Want, "throws "); ok {
				res.WantError(want)
			} else {
				res.Want(c.Want)
			}
		})
	}
}
