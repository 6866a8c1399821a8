package event_test

import (
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/runtimetest"
	"github.com/bindery/bindery/runtime/webapi/event"
	"github.com/bindery/bindery/runtime/webapi/timers"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

func TestMain(m *testing.M) { runtimetest.Main(m, event.API, timers.API) }

func TestEvent(t *testing.T) {
	runtimetest.Table(t, []runtimetest.Case{
		{Src: `const e = new Event("x"); [e.type, e.bubbles, e.cancelable, e.composed, e.isTrusted, e.eventPhase, e.target, e.currentTarget, e.defaultPrevented].join()`, Want: "x,false,false,false,false,0,,,false"},
		{Src: `new Event()`, Want: "throws TypeError: Failed to execute 'new Event': 1 argument required"},
		{Src: `new Event(undefined).type + new Event(null).type + new Event(1).type`, Want: "undefinednull1"},
		{Src: `new Event("x", 1)`, Want: "throws TypeError: The provided value is not of type 'Object'"},
		{Src: `new Event(Symbol())`, Want: "throws TypeError: Cannot convert a Symbol value to a string"},
		{Src: `const e = new Event("x", { cancelable: true, bubbles: 1 }); e.preventDefault(); [e.defaultPrevented, e.bubbles, e.returnValue].join()`, Want: "true,true,false"},
		{Src: `const e = new Event("x"); e.preventDefault(); e.returnValue = false; e.defaultPrevented`, Want: "false"},
		{Src: `const e = new Event("x"); e.cancelBubble = true; e.cancelBubble = false; e.cancelBubble`, Want: "true"},
		{Src: `[Event.NONE, Event.CAPTURING_PHASE, Event.AT_TARGET, Event.BUBBLING_PHASE].join()`, Want: "0,1,2,3"},
		{Src: `const e = new Event("x"); e.initEvent("y", true, true); [e.type, e.bubbles, e.cancelable].join()`, Want: "y,true,true"},
		{Src: `new CustomEvent("x", { detail: 7 }).detail + "" + new CustomEvent("x").detail`, Want: "7null"},
		{Src: `class E extends CustomEvent { #n = 4; get n() { return this.#n } }; const e = new E("q", { detail: 2 }); e.n + e.detail + e.type + (e instanceof Event)`, Want: "6qtrue"},
		{Src: `const e = new ErrorEvent("error", { message: "m", filename: "f", lineno: 3, colno: 4, error: 5 }); [e.message, e.filename, e.lineno, e.colno, e.error].join()`, Want: "m,f,3,4,5"},
		{Src: `new ErrorEvent("error").error`, Want: "undefined"},
		{Src: `const p = Promise.resolve(); const e = new PromiseRejectionEvent("x", { promise: p, reason: 2 }); (e.promise === p) + "" + e.reason`, Want: "true2"},
		{Src: `new PromiseRejectionEvent("x", {})`, Want: "throws TypeError: Failed to construct 'PromiseRejectionEvent'"},
		{Src: `const e = new MessageEvent("message", { data: 1, origin: "o", lastEventId: "l", ports: [1] }); [e.data, e.origin, e.lastEventId, e.source, e.ports.length, e.ports === e.ports].join()`, Want: "1,o,l,,1,true"},
		{Src: `const e = new CloseEvent("close", { wasClean: true, code: 1001, reason: "bye" }); [e.wasClean, e.code, e.reason].join()`, Want: "true,1001,bye"},
		{Src: `Object.prototype.toString.call(new ErrorEvent("x"))`, Want: "[object ErrorEvent]"},
		{Src: `new Event("x").composedPath().length`, Want: "0"},
	})
}

func TestEventTarget(t *testing.T) {
	const log = `const log = []; const t = new EventTarget(); const on = (s, o) => t.addEventListener("x", e => { log.push(s) }, o); const fire = i => t.dispatchEvent(new Event("x", i));`
	runtimetest.Table(t, []runtimetest.Case{
		{Src: log + `on("a"); on("b", true); on("c", { capture: true }); on("d"); fire(); log.join()`, Want: "b,c,a,d"},
		{Src: log + `on("a", { once: true }); fire(); fire(); log.join()`, Want: "a"},
		{Src: log + `t.addEventListener("x", { n: 3, handleEvent(e) { log.push(this.n + e.type) } }); fire(); log.join()`, Want: "3x"},
		{Src: log + `const o = {}; t.addEventListener("x", o); o.handleEvent = () => log.push(1); fire(); log.join()`, Want: "1"},
		{Src: log + `t.addEventListener("x", function (e) { log.push(this === t, e.target === t, e.currentTarget === t, e.eventPhase, e.composedPath()[0] === t, e.isTrusted) }); fire(); log.join()`, Want: "true,true,true,2,true,false"},
		{Src: log + `const f = () => log.push(1); t.addEventListener("x", f); t.addEventListener("x", f); t.addEventListener("x", f, true); fire(); t.removeEventListener("x", f); fire(); t.removeEventListener("x", f, { capture: true }); fire(); log.length`, Want: "3"},
		{Src: log + `t.addEventListener("x", e => { e.stopImmediatePropagation(); log.push(1) }); on(2); fire(); log.join()`, Want: "1"},
		{Src: log + `t.addEventListener("x", e => { e.stopPropagation(); log.push(1) }, true); on(2, true); on(3); fire(); log.join()`, Want: "1,2"},
		{Src: log + `t.addEventListener("x", e => e.preventDefault()); fire({ cancelable: true }) + "" + fire()`, Want: "falsetrue"},
		{Src: log + `t.addEventListener("x", e => e.preventDefault(), { passive: true }); fire({ cancelable: true })`, Want: "true"},
		{Src: log + `const e = new Event("x"); t.addEventListener("x", () => { try { t.dispatchEvent(e) } catch (x) { log.push(x.name) } }); t.dispatchEvent(e); t.dispatchEvent(e); log.join()`, Want: "InvalidStateError,InvalidStateError"},
		{Src: log + `const f = () => log.push("f"); t.addEventListener("x", () => t.removeEventListener("x", f)); t.addEventListener("x", f); on("g"); fire(); log.join()`, Want: "g"},
		{Src: log + `t.addEventListener("x", () => on("late")); fire(); log.length + fire() + log.length`, Want: "2"},
		{Src: log + `const c = new AbortController(); on(1, { signal: c.signal }); on(2); fire(); c.abort(); fire(); log.join()`, Want: "1,2,2"},
		{Src: log + `on(1, { signal: AbortSignal.abort() }); fire(); log.length`, Want: "0"},
		{Src: log + `on(1, { signal: null })`, Want: "throws TypeError"},
		{Src: log + `on(1, { signal: {} })`, Want: "throws TypeError"},
		{Src: log + `t.addEventListener("x", null); t.addEventListener("x", undefined); fire()`, Want: "true"},
		{Src: log + `t.addEventListener("x", 5)`, Want: "throws TypeError"},
		{Src: log + `t.addEventListener("x")`, Want: "throws TypeError: Failed to execute 'EventTarget.addEventListener': 2 arguments required, but only 1 present."},
		{Src: log + `t.dispatchEvent({ type: "x" })`, Want: "throws TypeError: Failed to execute 'EventTarget.dispatchEvent': parameter 1 is not of type 'Event'."},
		{Src: `class T extends EventTarget { #n = 0; constructor() { super(); this.addEventListener("x", () => this.#n++) } get n() { return this.#n } }; const t = new T(); t.dispatchEvent(new Event("x")); t.n`, Want: "1"},
		{Src: log + `const e = new Event("x"); on(1); t.dispatchEvent(e); [e.eventPhase, e.currentTarget, e.target === t].join()`, Want: "0,,true"},
		{Src: `EventTarget.prototype.addEventListener.call({}, "x", () => {})`, Want: "throws TypeError: Illegal invocation"},
	})
}

func TestListenerErrors(t *testing.T) {
	rt := runtimetest.New(t)
	rt.Run(`const t = new EventTarget(); let n = 0;
		t.addEventListener("x", () => { throw new RangeError("one") });
		t.addEventListener("x", { handleEvent: 4 });
		t.addEventListener("x", () => n++);
		t.dispatchEvent(new Event("x")) + "" + n`).Want("true1")
	if u := rt.TakeUnhandled(); len(u) != 2 || u[0] != "RangeError: one" || !strings.HasPrefix(u[1], "TypeError: EventListener.handleEvent") {
		t.Errorf("got %q", u)
	}
	rt.Run(`let seen = []; addEventListener("error", e => { seen.push(e.message, e.error.message, e.isTrusted); e.preventDefault(); throw new Error("again") });
		t.dispatchEvent(new Event("x")); seen.slice(0, 3).join()`).Want("Uncaught RangeError: one,one,true")
	if u := rt.TakeUnhandled(); len(u) != 2 || u[0] != "Error: again" {
		t.Errorf("got %q", u)
	}
}

func TestReportError(t *testing.T) {
	rt := runtimetest.New(t)
	rt.Run(`reportError(new TypeError("mine")); reportError("text"); 1`).Want("1")
	if u := rt.TakeUnhandled(); len(u) != 2 || u[0] != "TypeError: mine" || u[1] != "Error: text" {
		t.Errorf("got %q", u)
	}
	rt.Run(`reportError()`).WantError("TypeError: Failed to execute 'reportError': 1 argument required")
	rt.Run(`self === globalThis`).Want("true")
}

func TestAbort(t *testing.T) {
	runtimetest.Table(t, []runtimetest.Case{
		{Src: `const c = new AbortController(); const s = c.signal; [s.aborted, s.reason, s === c.signal, s instanceof EventTarget, s.onabort].join()`, Want: "false,,true,true,"},
		{Src: `const c = new AbortController(); c.abort(); const r = c.signal.reason; [c.signal.aborted, r.name, r.message, r === c.signal.reason, r instanceof DOMException].join()`, Want: "true,AbortError,The operation was aborted,true,true"},
		{Src: `const c = new AbortController(); c.abort(5); c.abort(6); c.signal.reason`, Want: "5"},
		{Src: `const c = new AbortController(); c.abort(null); c.signal.reason`, Want: "null"},
		{Src: `const c = new AbortController(); let n = 0; c.signal.onabort = e => { n += e.isTrusted ? 1 : 10; n += e.target === c.signal ? 100 : 0 }; c.abort(); c.abort(); n`, Want: "101"},
		{Src: `const c = new AbortController(); const l = []; c.signal.onabort = () => l.push(1); c.signal.addEventListener("abort", () => l.push(2)); c.signal.onabort = () => l.push(3); c.abort(); l.join()`, Want: "3,2"},
		{Src: `const c = new AbortController(); c.signal.onabort = () => { throw 1 }; c.signal.onabort = 5; c.abort(); c.signal.onabort`, Want: "null"},
		{Src: `AbortSignal.abort("r").throwIfAborted()`, Want: "throws Error: r"},
		{Src: `new AbortController().signal.throwIfAborted()`, Want: "undefined"},
		{Src: `AbortSignal.abort().reason.name + AbortSignal.abort(undefined).reason.name + AbortSignal.abort(3).reason`, Want: "AbortErrorAbortError3"},
		{Src: `new AbortSignal()`, Want: "throws TypeError: Illegal constructor"},
		{Src: `AbortSignal.timeout(-1)`, Want: "throws TypeError"},
		{Src: `AbortSignal.timeout("x")`, Want: "throws TypeError"},
		{Src: `AbortSignal.any([]).aborted`, Want: "false"},
		{Src: `AbortSignal.any([1])`, Want: "throws TypeError"},
		{Src: `AbortSignal.any(1)`, Want: "throws TypeError"},
		{Src: `AbortSignal.any([new AbortController().signal, AbortSignal.abort(4), AbortSignal.abort(5)]).reason`, Want: "4"},
		{Src: `const a = new AbortController(), b = new AbortController(), s = AbortSignal.any([a.signal, b.signal]); b.abort(9); a.abort(8); [s.aborted, s.reason].join()`, Want: "true,9"},
		{Src: `const a = new AbortController(), s = AbortSignal.any([AbortSignal.any([a.signal]), a.signal]); let n = 0; s.onabort = () => n++; a.abort(); n`, Want: "1"},
		{Src: `const l = []; const a = new AbortController(), s = AbortSignal.any([a.signal]); s.onabort = () => l.push("s"); a.signal.onabort = () => l.push("a" + s.aborted); a.abort(); l.join()`, Want: "atrue,s"},
		{Src: `const a = new AbortController(), s = AbortSignal.any([a.signal]); a.abort(); s.reason === a.signal.reason`, Want: "true"},
		{Src: `(class extends AbortController { x = 1 }).prototype instanceof AbortController && new (class extends AbortController { x = 1 })().signal.aborted`, Want: "false"},
	})
}

func TestAbortSignalTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rt := runtimetest.New(t)
		start := time.Now()
		rt.Async(`const s = AbortSignal.timeout(2000); const e = await new Promise(r => { s.onabort = () => r(s.reason) }); return e.name + ": " + e.message`).
			Want("TimeoutError: The operation was aborted due to timeout")
		if d := time.Since(start); d != 2*time.Second {
			t.Errorf("took %v", d)
		}
	})
}

func TestTimeoutInGlobalScope(t *testing.T) {
	rt := runtimetest.New(t)
	rt.Post(nil, func() {
		_, err := rt.Realm.VM.RunString(`AbortSignal.timeout(1)`)
		if err == nil || !strings.Contains(err.Error(), "Disallowed operation called within global scope") {
			t.Errorf("got %v", err)
		}
	})
	rt.Do(func(*webidl.Realm) {})
}

func TestGlobalEvents(t *testing.T) {
	rt := runtimetest.New(t)
	rt.Run(`addEventListener("fetch", e => { e.got = (e.got ?? 0) + 1; if (e.target !== globalThis) throw new Error("target") });
		addEventListener("fetch", function () { if (this === globalThis) throw new Error("mine") });
		addEventListener("fetch", () => { throw new Error("second") });
		const f = () => { throw 1 }; addEventListener("fetch", f); removeEventListener("fetch", f);
		dispatchEvent(new Event("other"))`).Want("true")
	rt.Do(func(r *webidl.Realm) {
		if n := event.Listeners(r, "fetch"); n != 3 || event.Listeners(r, "x") != 0 {
			t.Errorf("%d listeners", n)
		}
		e := event.New("fetch")
		obj := event.Class.New(r, e)
		n, thrown := event.DispatchGlobal(r, obj)
		if n != 3 || thrown == nil || !strings.Contains(thrown.Error(), "Error: mine") {
			t.Errorf("%d listeners, thrown: %v", n, thrown)
		}
		if !e.Trusted || obj.Get("got").ToInteger() != 1 {
			t.Errorf("event: %+v", e)
		}
	})
	if u := rt.TakeUnhandled(); len(u) != 1 || u[0] != "Error: second" {
		t.Errorf("got %q", u)
	}
}

func TestUnhandledRejectionEvent(t *testing.T) {
	rt := runtimetest.New(t)
	rt.Run(`var got; addEventListener("unhandledrejection", e => { got = e.reason + "," + (e.promise instanceof Promise); if (e.reason > 1) e.preventDefault() })`)
	rt.Do(func(r *webidl.Realm) {
		p := r.Resolved(goja.Undefined())
		if !event.Unhandled(r, p, r.ToValue(1)) || event.Unhandled(r, p, r.ToValue(2)) {
			t.Error("wrong answer of unhandledrejection")
		}
	})
	rt.Run(`got`).Want("2,true")
}

func TestSignalForGo(t *testing.T) {
	rt := runtimetest.New(t)
	rt.Do(func(r *webidl.Realm) {
		s := event.NewSignal(r)
		n := 0
		remove := s.OnAbort(func() { n += 10 })
		s.OnAbort(func() { n++ })
		remove()
		remove()
		s.Abort(nil)
		s.Abort(r.ToValue(1))
		s.OnAbort(func() { n += 100 })
		if n != 1 || !s.Aborted() || r.Describe(s.Reason()).Name != "AbortError" {
			t.Errorf("n = %d, reason %v", n, s.Reason())
		}
		if got, ok := event.SignalOf(s.Object()); !ok || got != s {
			t.Error("SignalOf lost the signal")
		}
		if _, ok := event.SignalOf(r.VM.NewObject()); ok {
			t.Error("a plain object is a signal")
		}
	})
}

// A signal that lives on must not hold the dependent signals that nobody listens to, and must hold the others.
func TestDependentSignalsAreWeak(t *testing.T) {
	rt := runtimetest.New(t)
	rt.Run(`var c = new AbortController(), hits = 0;
		for (let i = 0; i < 50; i++) AbortSignal.any([c.signal]);
		for (let i = 0; i < 50; i++) AbortSignal.any([c.signal]).addEventListener("abort", () => hits++, { once: true }); 0`)
	for range 3 {
		runtime.GC()
	}
	rt.Run(`c.abort(); hits`).Want("50")
}

// Every constructor and every option that takes a string takes any string.
func FuzzConstructors(f *testing.F) {
	for _, s := range []string{"", "x", "abort", "é日😀", "\x00", "__proto__", "constructor", strings.Repeat("a", 300)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		rt := runtimetest.New(t)
		rt.Do(func(r *webidl.Realm) { _ = r.VM.Set("s", r.Str(strings.ToValidUTF8(s, "?"))) })
		rt.Run(`let n = 0; const t = new EventTarget(); t.addEventListener(s, { handleEvent: e => { n += e.type === s ? 1 : 100 } }); addEventListener(s, () => { n += 10 });
			for (const [C, init] of [[Event], [CustomEvent, { detail: s }], [ErrorEvent, { message: s, filename: s }], [MessageEvent, { origin: s, lastEventId: s, data: s }], [CloseEvent, { reason: s }], [PromiseRejectionEvent, { promise: s }]]) {
				const e = new C(s, init);
				t.dispatchEvent(e);
				for (const k of Object.keys(init ?? {})) if (e[k] !== s) throw new Error(k);
			}
			dispatchEvent(new Event(s)); const c = new AbortController(); c.abort(s);
			if (c.signal.reason !== s || t.removeEventListener(s, null) !== undefined) throw new Error("reason");
			n`).Want("16")
	})
}
