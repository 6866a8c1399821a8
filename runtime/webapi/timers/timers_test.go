package timers_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bindery/bindery/runtime/invocation"
	"github.com/bindery/bindery/runtime/runtimetest"
	"github.com/bindery/bindery/runtime/webapi/event"
	"github.com/bindery/bindery/runtime/webapi/timers"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

func TestMain(m *testing.M) { runtimetest.Main(m, event.API, timers.API) }

// Every case runs in fake time, and says how long it takes.
func TestTimers(t *testing.T) {
	for _, c := range []struct {
		name, src, want string
		took            time.Duration
	}{
		{"one", `return await new Promise(r => setTimeout(r, 1500, "a"))`, "a", 1500 * time.Millisecond},
		{"order by due time", `const l = []; for (const ms of [30, 10, 20]) setTimeout(() => l.push(ms), ms); await scheduler.wait(40); return l.join()`, "10,20,30", 40 * time.Millisecond},
		{"order by age", `const l = []; for (let i = 0; i < 40; i++) setTimeout(() => l.push(i), 5); await scheduler.wait(5); return l.join() === [...Array(40).keys()].join()`, "true", 5 * time.Millisecond},
		{"nested", `const l = []; setTimeout(() => { l.push(1); setTimeout(() => l.push(2), 10) }, 10); setTimeout(() => l.push(3), 15); await scheduler.wait(25); return l.join()`, "1,3,2", 25 * time.Millisecond},
		{"microtasks between", `const l = []; setTimeout(() => { l.push(1); Promise.resolve().then(() => l.push(2)) }); setTimeout(() => l.push(3)); await scheduler.wait(1); return l.join()`, "1,2,3", time.Millisecond},
		{"arguments", `return await new Promise(r => setTimeout((...a) => r(a.join()), 0, 1, 2, 3))`, "1,2,3", 0},
		{"delays", `for (const d of [undefined, null, NaN, -5, "x", 0.9, {}]) await new Promise(r => setTimeout(r, d)); return 1`, "1", 0},
		{"delay from string", `await new Promise(r => setTimeout(r, "20")); return 1`, "1", 20 * time.Millisecond},
		{"clear", `let n = 0; const id = setTimeout(() => n++, 5); clearTimeout(id); clearTimeout(id); await scheduler.wait(10); return n`, "0", 10 * time.Millisecond},
		{"cleared does not count as pending", `clearTimeout(setTimeout(() => {}, 1e9)); clearInterval(setTimeout(() => {}, 1e9)); return 1`, "1", 0},
		{"clear nonsense", `clearTimeout(); clearTimeout(null); clearTimeout("a"); clearTimeout(-1); clearTimeout({}); clearTimeout(Symbol()); clearTimeout(99); return 1`, "1", 0},
		{"clear by text", `const id = setTimeout(() => {}, 1e9); clearTimeout(String(id)); return typeof id`, "number", 0},
		{"clear one that is due", `let n = 0; let b; setTimeout(() => clearTimeout(b), 5); b = setTimeout(() => n++, 5); await scheduler.wait(6); return n`, "0", 6 * time.Millisecond},
		{"interval", `let n = 0; await new Promise(r => { const id = setInterval(() => { if (++n === 4) { clearInterval(id); r() } }, 25) }); await scheduler.wait(100); return n`, "4", 200 * time.Millisecond},
		{"interval of 0", `let n = 0; await new Promise(r => { const id = setInterval((a) => { n += a; if (n === 6) { clearInterval(id); r() } }, 0, 2) }); return n`, "6", 3 * time.Millisecond},
		{"interval that throws goes on", `let n = 0; addEventListener("error", e => e.preventDefault()); await new Promise(r => { const id = setInterval(() => { if (++n === 3) { clearTimeout(id); r() } throw 1 }, 1) }); return n`, "3", 3 * time.Millisecond},
		{"ids differ", `const a = setTimeout(() => {}), b = setInterval(() => {}, 1); clearInterval(b); return a !== b && a > 0`, "true", 0},
		{"wait", `return await scheduler.wait(7)`, "undefined", 7 * time.Millisecond},
		{"wait aborted", `const c = new AbortController(); setTimeout(() => c.abort("stop"), 5); return await scheduler.wait(1e6, { signal: c.signal }).catch(e => "caught " + e)`, "caught stop", 5 * time.Millisecond},
		{"wait with signal not aborted", `const c = new AbortController(); await scheduler.wait(5, { signal: c.signal }); c.abort(); return 1`, "1", 5 * time.Millisecond},
		{"wait already aborted", `return await scheduler.wait(1e6, { signal: AbortSignal.abort() }).catch(e => e.name)`, "AbortError", 0},
		{"this", `return await new Promise(r => setTimeout(function () { r(this === globalThis) }))`, "true", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				rt := runtimetest.New(t)
				start := time.Now()
				rt.Async(c.src).Want(c.want)
				if took := time.Since(start); took != c.took {
					t.Errorf("took %v, want %v", took, c.took)
				}
			})
		})
	}
}

func TestErrors(t *testing.T) {
	runtimetest.Table(t, []runtimetest.Case{
		{Src: `setTimeout("alert(1)")`, Want: "throws TypeError: Failed to execute 'setTimeout': parameter 1 is not of type 'Function'."},
		{Src: `setInterval()`, Want: "throws TypeError: Failed to execute 'setInterval': 1 argument required, but only 0 present."},
		{Src: `setTimeout(() => {}, Symbol())`, Want: "throws TypeError"},
		{Src: `setTimeout(() => {}, 1n)`, Want: "throws TypeError"},
		{Src: `queueMicrotask(5)`, Want: "throws TypeError"},
		{Src: `return await scheduler.wait()`, Want: "throws TypeError"},
		{Src: `return await scheduler.wait(1, { signal: {} })`, Want: "throws TypeError"},
		{Src: `typeof Scheduler`, Want: "undefined"},
	})
}

func TestQueueMicrotask(t *testing.T) {
	runtimetest.New(t).Async(`const l = []; queueMicrotask(() => l.push("m")); Promise.resolve().then(() => l.push("p")); l.push("s"); await 0; return l.join()`).Want("s,m,p")
}

func TestCallbackErrorsAreReported(t *testing.T) {
	rt := runtimetest.New(t)
	rt.Run(`setTimeout(() => { throw new RangeError("a") }); queueMicrotask(() => { throw "b" }); 1`)
	if u := strings.Join(rt.TakeUnhandled(), "|"); u != "Error: b|RangeError: a" {
		t.Errorf("got %q", u)
	}
}

func TestGlobalScope(t *testing.T) {
	rt := runtimetest.New(t)
	for _, src := range []string{`setTimeout(() => {}, 1)`, `setInterval(() => {}, 1)`} {
		rt.Post(nil, func() {
			if _, err := rt.Realm.VM.RunString(src); err == nil || !strings.Contains(err.Error(), "Error: Disallowed operation called within global scope. Asynchronous I/O") {
				t.Errorf("%s: got %v", src, err)
			}
		})
	}
	rt.Do(func(*webidl.Realm) {})
}

// The end of an invocation takes its timers along and leaves those of others.
func TestEndOfInvocation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rt := runtimetest.New(t)
		other := invocation.New("other", invocation.Limits{})
		run := func(inv *invocation.Invocation, src string) {
			rt.Post(inv, func() {
				if _, err := rt.Realm.VM.RunString(src); err != nil {
					t.Error(err)
				}
			})
			synctest.Wait()
		}
		run(other, `var log = []; setTimeout(() => log.push("never"), 10); setInterval(() => log.push("tick"), 4); setTimeout(() => scheduler.wait(1000).then(() => log.push("never")), 2)`)
		run(rt.Invocation, `setTimeout(() => log.push("mine"), 10)`)
		time.Sleep(5 * time.Millisecond)
		other.Release()
		run(other, `setTimeout(() => log.push("after the end"), 0)`)
		rt.Run(`scheduler.wait(100)`)
		rt.Run(`log.join()`).Want("tick,mine")
	})
}

// The invocation that set a timer is current in its callback.
func TestCallbackRunsForItsInvocation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rt := runtimetest.New(t)
		other := invocation.New("other", invocation.Limits{})
		defer other.Release()
		var got []string
		rt.Do(func(r *webidl.Realm) {
			_ = r.VM.Set("who", func() { got = append(got, r.Invocation().Worker) })
		})
		for _, inv := range []*invocation.Invocation{other, rt.Invocation} {
			rt.Post(inv, func() {
				_, _ = rt.Realm.VM.RunString(`setTimeout(async () => { who(); await scheduler.wait(3); who() }, 3)`)
			})
		}
		rt.Do(func(*webidl.Realm) {})
		if s := strings.Join(got, ","); s != "other,test,other,test" {
			t.Errorf("got %s", s)
		}
	})
}

func BenchmarkSetAndClear(b *testing.B) {
	rt := runtimetest.New(b)
	b.ReportAllocs()
	rt.Do(func(r *webidl.Realm) {
		v, err := r.VM.RunString(`(n => { for (let i = 0; i < n; i++) clearTimeout(setTimeout(f, 1000)) ; function f() {} })`)
		if err != nil {
			b.Fatal(err)
		}
		var fn func(int)
		if err := r.VM.ExportTo(v, &fn); err != nil {
			b.Fatal(err)
		}
		b.ResetTimer()
		fn(b.N)
	})
}

// A microtask that queues the next must not run within it: the Go stack would grow until the process dies.
func TestMicrotasksDoNotNest(t *testing.T) {
	rt := runtimetest.New(t)
	rt.Run(`var n = 0; function next() { if (++n < 300000) queueMicrotask(next) } queueMicrotask(next)`)
	rt.Run(`n`).Want("300000")
	rt.Run(`const order = []; const q = s => queueMicrotask(() => { order.push(s); if (s.length < 3) q(s + "x") });
		q("a"); q("b"); queueMicrotask(() => { order.push("t"); queueMicrotask(() => order.push("u")); throw 1 });
		new Promise(r => setTimeout(() => r(order.join())))`).Want("a,b,t,ax,bx,u,axx,bxx")
	rt.TakeUnhandled()
}
