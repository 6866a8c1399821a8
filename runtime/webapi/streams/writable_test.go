package streams_test

import (
	"testing"

	"github.com/bindery/bindery/runtime/runtimetest"
)

func TestWritableStream(t *testing.T) {
	runtimetest.Table(t, []runtimetest.Case{
		{Name: "writes one after another", Src: `
			const log = []; const w = new WritableStream({ async write(c) { log.push("<" + c); await 0; log.push(c + ">"); }, close() { log.push("close"); } }).getWriter();
			w.write("a"); w.write("b"); await w.close(); await w.closed; return log.join()`, Want: "<a,a>,<b,b>,close"},
		{Name: "desiredSize and ready", Src: `
			let done; const w = new WritableStream({ write() { return new Promise(r => { done = r; }); } }, { highWaterMark: 2 }).getWriter();
			await 0; const sizes = [w.desiredSize]; const p = w.write(1); w.write(2); sizes.push(w.desiredSize);
			let ready = false; w.ready.then(() => { ready = true; }); await 0; await 0; sizes.push(ready);
			done(); await p; sizes.push(w.desiredSize); await w.ready; await 0; sizes.push(ready); return sizes.join()`, Want: "2,0,false,1,true"},
		{Name: "a failing write errors the stream", Src: `
			const w = new WritableStream({ write() { throw new Error("w"); } }).getWriter();
			const first = await w.write(1).catch(e => e.message); const closed = await w.closed.catch(e => e.message);
			return [first, closed, await w.write(2).catch(e => e.message), String(w.desiredSize)].join()`, Want: "w,w,w,null"},
		{Name: "a failing close", Src: `
			const w = new WritableStream({ close() { throw new Error("c"); } }).getWriter(); w.closed.catch(() => {});
			return await w.close()`, Want: "throws Error: c"},
		{Name: "abort", Src: `
			let reason; const w = new WritableStream({ abort(r) { reason = r; } }).getWriter();
			await w.abort("why"); return [reason, await w.closed.catch(e => e), await w.write(1).catch(e => e)].join()`, Want: "why,why,why"},
		{Name: "abort waits for the write under way and drops the others", Src: `
			const log = []; let done;
			const w = new WritableStream({ write(c) { log.push("write " + c); return new Promise(r => { done = r; }); }, abort() { log.push("abort"); } }).getWriter();
			await 0; w.write(1); const second = w.write(2).catch(e => log.push("2 " + e)); const p = w.abort("x"); await 0; log.push("waiting"); done(); await p; await second;
			await w.closed.catch(() => {}); return log.join()`, Want: "write 1,waiting,abort,2 x"},
		{Name: "the controller's signal", Src: `
			let c; const ws = new WritableStream({ start(x) { c = x; } }); const log = [c.signal.aborted];
			c.signal.addEventListener("abort", () => log.push(c.signal.reason)); await ws.abort("r"); log.push(c.signal.aborted);
			return log.join()`, Want: "false,r,true"},
		{Name: "a signal asked for after the abort", Src: `
			let c; const ws = new WritableStream({ start(x) { c = x; } }); await ws.abort("r"); return [c.signal.aborted, c.signal.reason].join()`, Want: "true,r"},
		{Name: "controller.error", Src: `
			let c; const w = new WritableStream({ start(x) { c = x; } }).getWriter(); c.error(new Error("e"));
			return [await w.ready.catch(e => e.message), await w.closed.catch(e => e.message)].join()`, Want: "e,e"},
		{Name: "locked", Src: `const ws = new WritableStream(); const w = ws.getWriter(); const a = ws.locked; w.releaseLock(); [a, ws.locked].join()`, Want: "true,false"},
		{Name: "a second writer", Src: `const ws = new WritableStream(); ws.getWriter(); ws.getWriter()`, Want: "throws TypeError: This WritableStream is currently locked to a writer."},
		{Name: "close twice", Src: `const w = new WritableStream().getWriter(); w.close(); return await w.close()`, Want: "throws TypeError"},
		{Name: "write after close", Src: `const w = new WritableStream().getWriter(); await w.close(); return await w.write(1)`, Want: "throws TypeError"},
		{Name: "a released writer", Src: `
			const w = new WritableStream().getWriter(); w.releaseLock();
			return [await w.write(1).catch(e => e.name), await w.closed.catch(e => e.name), await w.ready.catch(e => e.name)].join()`, Want: "TypeError,TypeError,TypeError"},
		{Name: "type", Src: `new WritableStream({ type: "bytes" })`, Want: "throws RangeError: Invalid type is specified"},
	})
}

const transformTools = `
	const all = async rs => { const r = rs.getReader(), out = []; for (let x; !(x = await r.read()).done;) out.push(x.value); return out.join(""); };
	const feed = (ws, ...chunks) => { const w = ws.getWriter(); chunks.forEach(c => w.write(c).catch(() => {})); return w.close().catch(e => e); };
`

func TestTransformStream(t *testing.T) {
	runtimetest.Table(t, []runtimetest.Case{
		{Name: "start, transform, flush", Src: transformTools + `
			const ts = new TransformStream({ start(c) { c.enqueue("<"); }, transform(x, c) { c.enqueue(x.toUpperCase()); }, flush(c) { c.enqueue(">"); } });
			feed(ts.writable, "a", "b"); return await all(ts.readable)`, Want: "<AB>"},
		{Name: "identity", Src: transformTools + `const ts = new TransformStream(); feed(ts.writable, "a", 1); return await all(ts.readable)`, Want: "a1"},
		{Name: "backpressure", Src: `
			let n = 0; const ts = new TransformStream({ transform(x, c) { n++; c.enqueue(x); } }); const w = ts.writable.getWriter();
			w.write(1); w.write(2); for (let i = 0; i < 20; i++) await 0;
			const before = n; const r = ts.readable.getReader(); await r.read(); return [before, n, w.desiredSize].join()`, Want: "0,1,-1"},
		{Name: "transform that throws", Src: `
			const ts = new TransformStream({ transform() { throw new Error("t"); } }); const w = ts.writable.getWriter(); w.closed.catch(() => {});
			const p = w.write(1).catch(e => e.message); return [await ts.readable.getReader().read().catch(e => e.message), await p].join()`, Want: "t,t"},
		{Name: "terminate", Src: `
			const ts = new TransformStream({ transform(x, c) { c.enqueue(x); c.terminate(); } }); const w = ts.writable.getWriter(); w.closed.catch(() => {});
			w.write("x").catch(() => {}); const r = ts.readable.getReader(); const v = (await r.read()).value, d = (await r.read()).done;
			return [v, d, await w.write(2).catch(e => e.name)].join()`, Want: "x,true,TypeError"},
		{Name: "cancel()", Src: `
			let reason; const ts = new TransformStream({ cancel(r) { reason = r; } }); await ts.readable.cancel("why");
			return [reason, await ts.writable.getWriter().closed.catch(e => e)].join()`, Want: "why,why"},
		{Name: "abort", Src: `const ts = new TransformStream(); await ts.writable.abort("a"); return await ts.readable.getReader().read().catch(e => e)`, Want: "a"},
		{Name: "a write while cancel() runs", Src: `
			let n = 0, finish; const ts = new TransformStream({ transform() { n++; }, cancel: () => new Promise(r => { finish = r; }) }, undefined, { highWaterMark: 5 });
			await 0; await 0; await 0; await 0; const w = ts.writable.getWriter(); w.closed.catch(() => {}); const p = ts.readable.cancel("c"); await w.write(1); finish(); await p;
			return [n, await w.write(2).catch(e => e)].join()`, Want: "0,c"},
		{Name: "cancel after terminate", Src: `
			let n = 0; const ts = new TransformStream({ start(c) { c.enqueue(1); c.terminate(); }, cancel() { n++; } }, undefined, { highWaterMark: 5 });
			await 0; await 0; await 0; await 0; return [await ts.readable.cancel().catch(e => e.name), n].join()`, Want: "TypeError,0"},
		{Name: "readableType", Src: `new TransformStream({ readableType: "bytes" })`, Want: "throws RangeError"},
	})
}

func TestIdentityTransformStream(t *testing.T) {
	const tools = `
		const text = async rs => { const r = rs.getReader(), out = []; for (let x; !(x = await r.read()).done;) out.push(...x.value); return String.fromCharCode(...out); };
		const bytes = s => new TextEncoder().encode(s);`
	runtimetest.Table(t, []runtimetest.Case{
		{Name: "bytes pass", Src: tools + `
			const ts = new IdentityTransformStream(); const w = ts.writable.getWriter();
			w.write(bytes("ab")); w.write(bytes("c").buffer); w.write("d"); w.close(); return await text(ts.readable)`, Want: "abcd"},
		{Name: "a write is done when it has been read", Src: tools + `
			const ts = new IdentityTransformStream(); const w = ts.writable.getWriter(); let done = false;
			w.write(bytes("abcd")).then(() => { done = true; }); const r = ts.readable.getReader({ mode: "byob" });
			for (let i = 0; i < 20; i++) await 0; const log = [done];
			const a = await r.read(new Uint8Array(3)); for (let i = 0; i < 20; i++) await 0; log.push(a.value.length, done);
			const b = await r.read(new Uint8Array(3)); for (let i = 0; i < 20; i++) await 0; log.push(b.value.length, done); return log.join()`, Want: "false,3,false,1,true"},
		{Name: "what is no bytes", Src: `
			const ts = new IdentityTransformStream(); const w = ts.writable.getWriter(); w.closed.catch(() => {}); ts.readable.getReader().read().catch(() => {});
			return await w.write({})`, Want: "throws TypeError: This TransformStream is being used as a byte stream"},
		{Name: "cancel reaches the writer", Src: `
			const ts = new IdentityTransformStream(); const w = ts.writable.getWriter(); const p = w.write(new Uint8Array(1)).catch(e => e);
			await ts.readable.cancel("no"); return [await p, await w.closed.catch(e => e)].join()`, Want: "no,no"},
		{Name: "abort reaches the reader", Src: `
			const ts = new IdentityTransformStream(); await ts.writable.abort("no"); return await ts.readable.getReader().read().catch(e => e)`, Want: "no"},
		{Name: "abort does not wait for a reader", Src: `
			const ts = new IdentityTransformStream(); const w = ts.writable.getWriter(); const p = w.write(new Uint8Array(1)).catch(e => e); await 0; await 0;
			await w.abort("no"); return [await p, await ts.readable.getReader().read().catch(e => e)].join()`, Want: "no,no"},
		{Name: "a length that is none", Src: `new FixedLengthStream(-1n)`, Want: "throws TypeError"},
		{Name: "close answers a byob read", Src: `
			const ts = new IdentityTransformStream(); const p = ts.readable.getReader({ mode: "byob" }).read(new Uint8Array(2)); ts.writable.close(); return (await p).done`, Want: "true"},
		{Name: "is a TransformStream's like", Src: `[new FixedLengthStream(1) instanceof IdentityTransformStream, FixedLengthStream.length].join()`, Want: "true,1"},
		{Name: "fixed length", Src: tools + `
			const ts = new FixedLengthStream(3n); const w = ts.writable.getWriter(); w.write(bytes("abc")); w.close(); return await text(ts.readable)`, Want: "abc"},
		{Name: "too many", Src: tools + `
			const ts = new FixedLengthStream(2); const w = ts.writable.getWriter(); w.closed.catch(() => {}); ts.readable.getReader().read().catch(() => {});
			return await w.write(bytes("abc"))`, Want: "throws TypeError: Attempt to write too many bytes through a FixedLengthStream."},
		{Name: "too few", Src: tools + `
			const ts = new FixedLengthStream(4); const w = ts.writable.getWriter(); w.closed.catch(() => {}); const p = text(ts.readable).catch(e => e.message); w.write(bytes("abc"));
			await w.close().catch(() => {}); return await p`, Want: "FixedLengthStream did not see all expected bytes before close()."},
	})
}

func TestPipe(t *testing.T) {
	const tools = transformTools + `
		const sink = extra => { const s = { log: [] }; s.stream = new WritableStream({
			write(c) { s.log.push(c); if (extra && extra.write) return extra.write(c); }, close() { s.log.push("close"); }, abort(r) { s.log.push("abort " + (r.message || r)); } }); return s; };
		const failing = (extra = {}) => new ReadableStream({ start(c) { c.enqueue("a"); }, pull(c) { c.error(new Error("src")); }, ...extra });`
	runtimetest.Table(t, []runtimetest.Case{
		{Name: "everything, then close", Src: tools + `const s = sink(); await ReadableStream.from(["a", "b"]).pipeTo(s.stream); return s.log.join()`, Want: "a,b,close"},
		{Name: "preventClose", Src: tools + `
			const s = sink(); await ReadableStream.from(["a"]).pipeTo(s.stream, { preventClose: true }); await s.stream.getWriter().write("b"); return s.log.join()`, Want: "a,b"},
		{Name: "an error goes forward", Src: tools + `
			const s = sink(); const e = await failing().pipeTo(s.stream).catch(e => e.message); return [e, ...s.log].join()`, Want: "src,a,abort src"},
		{Name: "preventAbort", Src: tools + `
			const s = sink(); const e = await failing().pipeTo(s.stream, { preventAbort: true }).catch(e => e.message); return [e, s.stream.locked, ...s.log].join()`, Want: "src,false,a"},
		{Name: "an error goes backward", Src: tools + `
			let reason; const rs = new ReadableStream({ pull(c) { c.enqueue("a"); }, cancel(r) { reason = r.message; } });
			const s = sink({ write() { throw new Error("dst"); } }); const e = await rs.pipeTo(s.stream).catch(e => e.message); return [e, reason].join()`, Want: "dst,dst"},
		{Name: "preventCancel", Src: tools + `
			let cancelled = false; const rs = new ReadableStream({ pull(c) { c.enqueue("a"); }, cancel() { cancelled = true; } });
			const s = sink({ write() { throw new Error("dst"); } }); await rs.pipeTo(s.stream, { preventCancel: true }).catch(() => {}); return [cancelled, rs.locked].join()`, Want: "false,false"},
		{Name: "a closed destination", Src: tools + `
			const s = sink(); await s.stream.close(); let reason; const rs = new ReadableStream({ cancel(r) { reason = r.name; } });
			return [await rs.pipeTo(s.stream).catch(e => e.name), reason].join()`, Want: "TypeError,TypeError"},
		{Name: "signal", Src: tools + `
			const ac = new AbortController(); let reason; const rs = new ReadableStream({ cancel(r) { reason = r; } }); const s = sink();
			const p = rs.pipeTo(s.stream, { signal: ac.signal }).catch(e => e); ac.abort("stop"); return [await p, reason, ...s.log].join()`, Want: "stop,stop,abort stop"},
		{Name: "a signal aborted before", Src: tools + `
			const s = sink(); return await new ReadableStream().pipeTo(s.stream, { signal: AbortSignal.abort(new Error("early")) })`, Want: "throws Error: early"},
		{Name: "no signal", Src: tools + `return await new ReadableStream().pipeTo(sink().stream, { signal: {} })`, Want: "throws TypeError"},
		{Name: "backpressure", Src: tools + `
			let pulled = 0; const rs = new ReadableStream({ pull(c) { pulled++; c.enqueue(pulled); } }, { highWaterMark: 0 });
			rs.pipeTo(new WritableStream({ write: () => new Promise(() => {}) }, { highWaterMark: 2 })); for (let i = 0; i < 40; i++) await 0; return pulled`, Want: "2"},
		{Name: "pipeThrough", Src: tools + `
			return await all(ReadableStream.from(["a", "b"]).pipeThrough(new TransformStream({ transform(x, c) { c.enqueue(x + x); } })))`, Want: "aabb"},
		{Name: "locked", Src: tools + `const rs = new ReadableStream(); rs.getReader(); return await rs.pipeTo(sink().stream)`, Want: "throws TypeError"},
		{Name: "no stream", Src: `new ReadableStream().pipeThrough({})`, Want: "throws TypeError"},
	})
}
