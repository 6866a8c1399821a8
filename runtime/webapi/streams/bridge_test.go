package streams_test

import (
	"errors"
	"io"
	"runtime"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/body"
	"github.com/bindery/bindery/runtime/invocation"
	"github.com/bindery/bindery/runtime/runtimetest"
	"github.com/bindery/bindery/runtime/webapi/streams"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

func TestBridge(t *testing.T) {
	const tools = `const text = async rs => { const r = rs.getReader(), out = []; for (let x; !(x = await r.read()).done;) out.push(...x.value); return String.fromCharCode(...out); };
		const bytes = s => new TextEncoder().encode(s);`
	runtimetest.Table(t, []runtimetest.Case{
		{Name: "script reads Go, at once", Src: tools + `return await text(source(2, 1)) === "\0\0"`, Want: "true"},
		{Name: "script reads Go, later", Src: tools + `return await text(slow("ab", "", "c"))`, Want: "abc"},
		{Name: "an error of Go", Src: tools + `return await text(slow("a", "error: broken"))`, Want: "throws TypeError: broken"},
		{Name: "byob reads of Go", Src: `
			const r = slow("abc").getReader({ mode: "byob" }); const a = (await r.read(new Uint8Array(2))).value, b = (await r.read(new Uint8Array(2))).value, c = await r.read(new Uint8Array(2));
			return [a.join(), b.join(), c.done, c.value.length].join("|")`, Want: "97,98|99|true|0"},
		{Name: "half an element at the end of Go", Src: `
			const r = slow("abc").getReader({ mode: "byob" }); const a = (await r.read(new Uint16Array(2))).value.length;
			const e = await r.read(new Uint16Array(2)).catch(e => e.message); return [a, e].join()`, Want: "1,Insufficient bytes to fill elements in the given buffer"},
		{Name: "half an element at the end of a tee", Src: `
			const [x, y] = new ReadableStream({ type: "bytes", start(c) { c.enqueue(new Uint8Array(1)); c.close(); } }).tee();
			return await x.getReader({ mode: "byob" }).read(new Uint16Array(1)).catch(e => e.name) + (await y.getReader().read()).value.length`, Want: "TypeError1"},
		{Name: "a chunk is a Uint8Array of its own", Src: `
			const r = source(2, 1).getReader(); const a = (await r.read()).value; a[0] = 9; return [a.constructor.name, (await r.read()).value[0]].join()`, Want: "Uint8Array,0"},
		{Name: "reads in parallel", Src: `
			const r = slow("a", "b").getReader(); return (await Promise.all([r.read(), r.read(), r.read()])).map(x => x.done ? "end" : String.fromCharCode(...x.value)).join()`, Want: "a,b,end"},
		{Name: "drain of script", Src: tools + `return await drain(new ReadableStream({ start(c) { c.enqueue(bytes("a")); c.enqueue(bytes("b").buffer); c.enqueue(new DataView(bytes("xcx").buffer, 1, 1)); c.close(); } }))`, Want: "abc"},
		{Name: "drain takes bytes as they are now", Src: tools + `
			const b = bytes("a"); let n = 0; return await drain(new ReadableStream({ pull(c) { if (n++ == 2) c.close(); else { b[0] = 97 + n; c.enqueue(b); } } }, { highWaterMark: 0 }))`, Want: "bc"},
		{Name: "drain of empty chunks", Src: tools + `return await drain(new ReadableStream({ start(c) { c.enqueue(new Uint8Array(0)); c.enqueue(bytes("a")); c.close(); } }))`, Want: "a"},
		{
			Name: "drain of what is no bytes", Src: `
			let reason; const e = await drain(new ReadableStream({ start(c) { c.enqueue("text"); }, cancel(r) { reason = r.name; } })).catch(e => e); return [e, reason].join()`,
			Want: "TypeError: This ReadableStream did not return bytes.,TypeError",
		},
		{Name: "drain of an error", Src: `return await drain(new ReadableStream({ pull() { throw new RangeError("r"); } }))`, Want: "throws RangeError: r"},
		{Name: "drain of a locked stream", Src: `const rs = new ReadableStream(); rs.getReader(); return await drain(rs)`, Want: "throws TypeError: This ReadableStream is currently locked to a reader."},
		{Name: "drain locks", Src: `const rs = ReadableStream.from([]); const p = drain(rs); const l = rs.locked; await p; return l`, Want: "true"},
		{Name: "drain of Go", Src: `return await drain(slow("a", "b"))`, Want: "ab"},
		{Name: "drain of Go that was touched", Src: `
			const rs = slow("a", "b", "c"); const r = rs.getReader(); await r.read(); r.releaseLock(); return await drain(rs)`, Want: "bc"},
		{Name: "drain through a transform of script", Src: tools + `
			return await drain(slow("a", "b").pipeThrough(new TransformStream({ transform(x, c) { x[0] -= 32; c.enqueue(x); } })))`, Want: "AB"},
		{Name: "drain through the identity", Src: `return await drain(slow("a", "b").pipeThrough(new IdentityTransformStream()))`, Want: "ab"},
		{Name: "drain what a promise feeds", Src: tools + `
			const { readable, writable } = new TransformStream(); const w = writable.getWriter();
			const fed = (async () => { for (const s of ["a", "b", "c"]) await w.write(bytes(s)); await w.close(); })();
			const got = await drain(readable); await fed; return got`, Want: "abc"},
		{Name: "consume Go", Src: `return await consume(slow("a", "b"))`, Want: "ab"},
		{Name: "consume Go, at once", Src: `return (await consume(source(3, 2))).length`, Want: "6"},
		{Name: "consume an error of Go", Src: `return await consume(slow("a", "error: x"))`, Want: "throws TypeError: x"},
		{Name: "consume script", Src: tools + `let n = 0; return await consume(new ReadableStream({ async pull(c) { await 0; if (n++ == 3) c.close(); else c.enqueue(bytes("x" + n)); } }))`, Want: "x1x2x3"},
		{Name: "consume what is no bytes", Src: `return await consume(ReadableStream.from([1]))`, Want: "throws TypeError: This ReadableStream did not return bytes."},
		{Name: "consume a locked stream", Src: `const rs = source(1, 1); rs.getReader(); return await consume(rs)`, Want: "throws TypeError"},
		{Name: "clone of Go", Src: tools + `const rs = slow("a", "b"); const [x, y] = clone(rs); return [await text(x), await consume(y), rs.locked].join()`, Want: "ab,ab,true"},
		{Name: "clone of script", Src: tools + `const [x, y] = clone(ReadableStream.from([bytes("a")])); return [await drain(x), await text(y)].join()`, Want: "a,a"},
		{Name: "clone of a locked stream", Src: `const rs = source(1, 1); rs.getReader(); clone(rs)`, Want: "throws TypeError"},
	})
}

func TestFromSourcePullsLate(t *testing.T) {
	rt := runtimetest.New(t)
	src := &slow{texts: []string{"a", "b", "c"}}
	rt.Do(func(r *webidl.Realm) { must(t, r.VM.Set("rs", streams.FromSource(r, src))) })
	rt.Async(`await 0; rs.locked; for (let i = 0; i < 9; i++) await 0`).Want("undefined")
	if src.pulls != 0 {
		t.Errorf("%d pulls before a read", src.pulls)
	}
	rt.Async(`await rs.getReader().read(); for (let i = 0; i < 9; i++) await 0`).Want("undefined")
	if src.pulls != 1 {
		t.Errorf("%d pulls for one read", src.pulls)
	}
}

func TestFromSourceCancel(t *testing.T) {
	rt := runtimetest.New(t)
	src := &slow{}
	rt.Do(func(r *webidl.Realm) { must(t, r.VM.Set("rs", streams.FromSource(r, src))) })
	rt.Async(`await rs.cancel(new RangeError("enough"))`).Want("undefined")
	var thrown *webidl.Thrown
	if !errors.As(src.cancelled, &thrown) || thrown.Error() != "RangeError: enough" {
		t.Errorf("cancelled with %v", src.cancelled)
	}
}

func TestToSourceGivesTheSourceBack(t *testing.T) {
	rt := runtimetest.New(t)
	rt.Do(func(r *webidl.Realm) {
		src := &slow{}
		s, _ := streams.Of(streams.FromSource(r, src))
		got, err := streams.ToSource(r, s)
		if err != nil || got != body.Stream(src) {
			t.Errorf("got %v, %v", got, err)
		}
		if !s.Locked() || !s.Disturbed() {
			t.Error("the stream is not locked and disturbed")
		}
		if _, err := streams.ToSource(r, s); err == nil {
			t.Error("a second time went well")
		}
	})
}

// toSource makes a source of what a snippet evaluates to.
func toSource(t *testing.T, rt *runtimetest.Runtime, src string) body.Stream {
	t.Helper()
	var got body.Stream
	entered := make(chan struct{})
	rt.Post(rt.Invocation, func() {
		defer close(entered)
		v, err := rt.Realm.VM.RunString(src)
		must(t, err)
		s, ok := streams.Of(v)
		if !ok {
			t.Fatalf("%s gave no stream", src)
		}
		got, err = streams.ToSource(rt.Realm, s)
		must(t, err)
	})
	<-entered
	return got
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// pullErr pulls once and gives a channel for the outcome.
func pullErr(s body.Stream) chan error {
	got := make(chan error, 1)
	s.Pull(func(_ []byte, err error) { got <- err })
	return got
}

func TestToSourceEndsWithTheInvocation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rt := runtimetest.New(t)
		src := toSource(t, rt, `new ReadableStream({ pull() { return new Promise(() => {}); } })`)
		got := pullErr(src)
		synctest.Wait()
		select {
		case err := <-got:
			t.Fatalf("answered too early: %v", err)
		default:
		}
		rt.Invocation.Release()
		if err := <-got; !errors.Is(err, invocation.ErrEnded) {
			t.Errorf("the pull under way got %v", err)
		}
		if err := <-pullErr(src); !errors.Is(err, invocation.ErrEnded) {
			t.Errorf("a later pull got %v", err)
		}
		rt.Do(func(*webidl.Realm) {}) // nothing is left pending
	})
}

func TestToSourceCancel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rt := runtimetest.New(t)
		src := toSource(t, rt, `new ReadableStream({ pull() { return new Promise(() => {}); }, cancel(r) { globalThis.reason = String(r); } })`)
		got := pullErr(src)
		synctest.Wait()
		src.Cancel(io.ErrClosedPipe)
		src.Cancel(nil)
		if err := <-got; !errors.Is(err, io.ErrClosedPipe) {
			t.Errorf("the pull under way got %v", err)
		}
		rt.Run(`reason`).Want("Error: io: read/write on closed pipe")
		if err := <-pullErr(src); !errors.Is(err, io.ErrClosedPipe) {
			t.Errorf("a later pull got %v", err)
		}
	})
}

func TestToSourceCountsAsPending(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rt := runtimetest.New(t)
		src := toSource(t, rt, `globalThis.ts = new TransformStream(); globalThis.w = ts.writable.getWriter(); w.write(new Uint8Array(1)).then(() => { globalThis.done = 1; }); w.close(); ts.readable`)
		var idle atomic.Bool
		go func() {
			rt.Do(func(*webidl.Realm) {})
			idle.Store(true)
		}()
		synctest.Wait()
		if idle.Load() {
			t.Error("nothing is pending although a pull will come")
		}
		for _, want := range []error{nil, io.EOF} {
			if err := <-pullErr(src); err != want {
				t.Errorf("got %v, want %v", err, want)
			}
		}
		synctest.Wait()
		if !idle.Load() {
			t.Error("something is pending after the end")
		}
		rt.Run(`done`).Want("1")
	})
}

func TestConsumeOfGoEndsWithTheInvocation(t *testing.T) {
	rt := runtimetest.New(t)
	pr, pw := io.Pipe()
	rt.Do(func(r *webidl.Realm) { must(t, r.VM.Set("rs", streams.FromSource(r, body.FromReader(pr)))) })
	started := make(chan struct{})
	var got goja.Value
	rt.Post(rt.Invocation, func() {
		s, _ := streams.Of(rt.Realm.VM.Get("rs"))
		streams.Consume(rt.Realm, s, func(_ [][]byte, err goja.Value) { got = err })
		close(started)
	})
	<-started
	_, _ = pw.Write([]byte("x"))
	rt.Invocation.Release()
	rt.Do(func(*webidl.Realm) {}) // waits for what is pending
	if got == nil {
		t.Error("the consumer got no error")
	}
}

func TestMemoryStaysFlat(t *testing.T) {
	rt := runtimetest.New(t)
	var before, after runtime.MemStats
	var most uint64
	rt.Run(`globalThis.rs = source(3200, 32768).pipeThrough(new TransformStream({ transform(x, c) { c.enqueue(x); } })); 0`).Want("0")
	runtime.GC()
	runtime.ReadMemStats(&before)
	src := toSource(t, rt, `rs`)
	total := 0
	for n := 0; ; n++ {
		got := make(chan []byte, 1)
		src.Pull(func(chunk []byte, _ error) { got <- chunk })
		chunk := <-got
		if chunk == nil {
			break
		}
		total += len(chunk)
		if n%800 == 799 {
			runtime.GC()
			runtime.ReadMemStats(&after)
			most = max(most, after.HeapAlloc)
		}
	}
	if total != 3200*32768 {
		t.Errorf("got %d bytes", total)
	}
	if grown := int64(most) - int64(before.HeapAlloc); grown > 2<<20 {
		t.Errorf("the heap has grown by %d bytes", grown)
	}
}

func TestNewTransform(t *testing.T) {
	rt := runtimetest.New(t)
	rt.Do(func(r *webidl.Realm) {
		ts := streams.NewTransform(r, func(c *streams.TransformController) goja.Value {
			c.EnqueueBytes([]byte("<"))
			return nil
		}, func(c *streams.TransformController, chunk goja.Value) goja.Value {
			b, ok := r.BufferBytes(chunk)
			if !ok {
				panic(r.TypeError("no bytes"))
			}
			d, settle := r.NewDeferred(), r.Pending()
			go settle(func() {
				c.EnqueueBytes(append([]byte("-"), b...))
				d.Resolve(goja.Undefined())
			})
			return d.Value()
		}, func(c *streams.TransformController) goja.Value {
			c.Enqueue(r.Uint8Array([]byte(">")))
			return nil
		})
		pair := r.VM.NewObject()
		must(t, pair.Set("readable", ts.Readable()))
		must(t, pair.Set("writable", ts.Writable()))
		must(t, r.VM.Set("ts", pair))
	})
	rt.Async(`return await drain(slow("a", "b").pipeThrough(ts))`).Want("<-a-b>")
}

// Why a stream was cancelled or failed crosses realms: values that are no objects as they are, errors as errors like them.
func TestReasonsCross(t *testing.T) {
	for reason, want := range map[string]string{
		`"x"`: "string x", `"\u00FC\u{1F600}"`: "string \u00FC\U0001F600", `1.5`: "number 1.5", `10n`: "bigint 10", `true`: "boolean true", `null`: "object null", `undefined`: "undefined undefined",
		`new RangeError("r")`: "object RangeError: r", `new DOMException("d", "AbortError")`: "object AbortError: d", `Symbol("s")`: "object Error: Symbol(s)",
		`Object.assign(new Error("own"), { name: "Mine" })`: "object Mine: own",
	} {
		t.Run(reason, func(t *testing.T) {
			callee, caller := runtimetest.New(t), runtimetest.New(t)
			const tell = `const tell = v => typeof v + " " + String(v); `
			callee.Run(tell + `var told; globalThis.rs = new ReadableStream({ cancel(reason) { told = tell(reason) } }, { highWaterMark: 0 }); 0`).Want("0")
			src := toSource(t, callee, `rs`)
			caller.Do(func(r *webidl.Realm) { must(t, r.VM.Set("rs", streams.FromSource(r, src))) })
			caller.Async(`await rs.getReader().cancel(` + reason + `); return 0`).Want("0")
			callee.Run(`told`).Want(want)

			callee.Run(`globalThis.rs = new ReadableStream({ pull(c) { c.error(` + reason + `) } }, { highWaterMark: 0 }); 0`).Want("0")
			src = toSource(t, callee, `rs`)
			caller.Do(func(r *webidl.Realm) { must(t, r.VM.Set("rs", streams.FromSource(r, src))) })
			caller.Run(tell + `0`).Want("0")
			caller.Async(`return await rs.getReader().read().catch(e => tell(e))`).Want(want)
		})
	}
	t.Run("in one realm it is the same object", func(t *testing.T) {
		rt := runtimetest.New(t)
		rt.Run(`globalThis.reason = { any: 1 }; globalThis.rs = new ReadableStream({ pull(c) { c.error(reason) } }, { highWaterMark: 0 }); 0`).Want("0")
		src := toSource(t, rt, `rs`)
		rt.Post(rt.Invocation, func() { must(t, rt.Realm.VM.Set("back", streams.FromSource(rt.Realm, src))) })
		rt.Async(`return await back.getReader().read().catch(e => e === reason)`).Want("true")
	})
}
