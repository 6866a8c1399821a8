package streams_test

import (
	"testing"

	"github.com/bindery/bindery/runtime/runtimetest"
)

func TestReadableStream(t *testing.T) {
	runtimetest.Table(t, []runtimetest.Case{
		{Name: "chunks in order, then done", Src: `
			const rs = new ReadableStream({ start(c) { c.enqueue("a"); c.enqueue("b"); c.close(); } });
			const r = rs.getReader(); const out = [];
			for (let x; !(x = await r.read()).done;) out.push(x.value);
			await r.closed; return out.join()`, Want: "a,b"},
		{Name: "pull is called for room and for reads", Src: `
			let n = 0;
			const rs = new ReadableStream({ pull(c) { c.enqueue(n++); } }, { highWaterMark: 3 });
			await 0; await 0; await 0; await 0; await 0;
			const before = n; const r = rs.getReader(); const v = [(await r.read()).value, (await r.read()).value];
			await 0; return [before, v, n].join("|")`, Want: "3|0,1|5"},
		{Name: "no pull without need", Src: `
			let n = 0; new ReadableStream({ pull() { n++; } }, { highWaterMark: 0 });
			await 0; await 0; return n`, Want: "0"},
		{Name: "desiredSize", Src: `
			let c; new ReadableStream({ start(x) { c = x; } }, new CountQueuingStrategy({ highWaterMark: 2 }));
			const sizes = [c.desiredSize]; c.enqueue(1); sizes.push(c.desiredSize); c.enqueue(1); c.enqueue(1); sizes.push(c.desiredSize);
			await 0; return sizes.join()`, Want: "2,1,-1"},
		{Name: "desiredSize of errored and closed", Src: `
			let a, b; new ReadableStream({ start(x) { a = x; } }); new ReadableStream({ start(x) { b = x; } });
			a.error(1); b.close(); await 0; return [String(a.desiredSize), b.desiredSize].join()`, Want: "null,0"},
		{Name: "size function", Src: `
			let c; new ReadableStream({ start(x) { c = x; } }, { highWaterMark: 10, size: s => s.length });
			c.enqueue("abc"); await 0; return c.desiredSize`, Want: "7"},
		{Name: "size that throws errors the stream", Src: `
			let c; const rs = new ReadableStream({ start(x) { c = x; } }, { size() { throw new Error("no"); } });
			let thrown; try { c.enqueue(1); } catch (e) { thrown = e.message; }
			return thrown + "," + await rs.getReader().read().catch(e => e.message)`, Want: "no,no"},
		{Name: "a size that is none", Src: `
			let c; new ReadableStream({ start(x) { c = x; } }, { size: () => -1 }); c.enqueue(1)`, Want: "throws RangeError"},
		{Name: "negative highWaterMark", Src: `new ReadableStream({}, { highWaterMark: -1 })`, Want: "throws RangeError"},
		{Name: "start that throws", Src: `new ReadableStream({ start() { throw new TypeError("x"); } })`, Want: "throws TypeError: x"},
		{Name: "start that rejects", Src: `return await new ReadableStream({ start: () => Promise.reject(new Error("x")) }).getReader().read()`, Want: "throws Error: x"},
		{Name: "pull that throws", Src: `return await new ReadableStream({ pull() { throw new Error("p"); } }).getReader().read()`, Want: "throws Error: p"},
		{Name: "error drops the queue", Src: `
			let c; const rs = new ReadableStream({ start(x) { c = x; } }); c.enqueue(1); c.error(new Error("e"));
			return await rs.getReader().read()`, Want: "throws Error: e"},
		{Name: "close keeps the queue", Src: `
			let c; const rs = new ReadableStream({ start(x) { c = x; } }); c.enqueue(1); c.close(); const r = rs.getReader();
			return [(await r.read()).value, (await r.read()).done].join()`, Want: "1,true"},
		{Name: "enqueue after close", Src: `let c; new ReadableStream({ start(x) { c = x; } }); c.close(); c.enqueue(1)`, Want: "throws TypeError"},
		{Name: "close twice", Src: `let c; new ReadableStream({ start(x) { c = x; } }); c.close(); c.close()`, Want: "throws TypeError"},
		{Name: "cancel", Src: `
			let reason; const rs = new ReadableStream({ cancel(r) { reason = r; return "ignored"; } });
			const v = await rs.cancel("why"); return [String(v), reason, (await rs.getReader().read()).done].join()`, Want: "undefined,why,true"},
		{Name: "cancel that fails", Src: `return await new ReadableStream({ cancel() { throw new Error("c"); } }).cancel()`, Want: "throws Error: c"},
		{Name: "cancel of a locked stream", Src: `const rs = new ReadableStream(); rs.getReader(); return await rs.cancel()`, Want: "throws TypeError"},
		{Name: "cancel by the reader settles reads", Src: `
			const r = new ReadableStream().getReader(); const p = r.read(); await r.cancel(); return (await p).done`, Want: "true"},
		{Name: "locked", Src: `
			const rs = new ReadableStream(); const a = rs.locked; const r = rs.getReader(); const b = rs.locked; r.releaseLock();
			await 0; return [a, b, rs.locked].join()`, Want: "false,true,false"},
		{Name: "a second reader", Src: `const rs = new ReadableStream(); rs.getReader(); rs.getReader()`, Want: "throws TypeError: This ReadableStream is currently locked to a reader."},
		{Name: "releaseLock rejects reads under way", Src: `
			const r = new ReadableStream().getReader(); const p = r.read(); r.releaseLock();
			return [await p.catch(e => e.name), await r.closed.catch(e => e.name), await r.read().catch(e => e.name)].join()`, Want: "TypeError,TypeError,TypeError"},
		{
			Name: "wrong receivers reject", Src: `
			const p = ReadableStreamDefaultReader.prototype;
			return [await p.read.call({}).catch(e => e.name), await Object.getOwnPropertyDescriptor(p, "closed").get.call({}).catch(e => e.name)].join()`,
			Want: "TypeError,TypeError",
		},
		{Name: "microtask order of read", Src: `
			const log = []; let c; const r = new ReadableStream({ start(x) { c = x; } }).getReader();
			r.read().then(() => log.push("read")); Promise.resolve().then(() => log.push("a")); c.enqueue(1); log.push("sync");
			await 0; await 0; return log.join()`, Want: "sync,a,read"},
		{Name: "illegal controllers", Src: `new ReadableStreamDefaultController()`, Want: "throws TypeError: Illegal constructor"},
		{Name: "type", Src: `new ReadableStream({ type: "other" })`, Want: "throws TypeError"},
		{Name: "strategy classes", Src: `
			const a = new ByteLengthQueuingStrategy({ highWaterMark: 5 }), b = new CountQueuingStrategy({ highWaterMark: 1 });
			[a.highWaterMark, a.size(new Uint8Array(3)), b.size(), a.size === new ByteLengthQueuingStrategy({ highWaterMark: 1 }).size].join()`, Want: "5,3,1,true"},
		{Name: "a strategy without mark", Src: `new CountQueuingStrategy({})`, Want: "throws TypeError: Failed to construct 'CountQueuingStrategy': required member highWaterMark is undefined."},
		{Name: "a source that is none", Src: `new ReadableStream(1)`, Want: "throws TypeError: Failed to construct 'ReadableStream'"},
	})
}

func TestReadableIteration(t *testing.T) {
	runtimetest.Table(t, []runtimetest.Case{
		{Name: "next", Src: `
			const it = ReadableStream.from(["a", "b"])[Symbol.asyncIterator](); const out = [];
			for (let x; !(x = await it.next()).done;) out.push(x.value);
			return out.join()`, Want: "a,b"},
		{Name: "return cancels", Src: `
			let reason = "none"; const rs = new ReadableStream({ start(c) { c.enqueue(1); }, cancel(r) { reason = r; } });
			const it = rs.values(); await it.next(); const x = await it.return("stop"); return [reason, x.value, x.done, rs.locked].join()`, Want: "stop,stop,true,false"},
		{Name: "return with preventCancel", Src: `
			let cancelled = false; const rs = new ReadableStream({ start(c) { c.enqueue(1); c.enqueue(2); }, cancel() { cancelled = true; } });
			const it = rs.values({ preventCancel: true }); await it.next(); await it.return();
			return [cancelled, (await rs.getReader().read()).value].join()`, Want: "false,2"},
		{Name: "next in parallel", Src: `
			const it = ReadableStream.from([1, 2]).values();
			return (await Promise.all([it.next(), it.next(), it.next()])).map(x => x.done ? "end" : x.value).join()`, Want: "1,2,end"},
		{Name: "an error ends it", Src: `
			const it = new ReadableStream({ start(c) { c.error(new Error("x")); } }).values();
			return [await it.next().catch(e => e.message), (await it.next()).done].join()`, Want: "x,true"},
		{Name: "shape", Src: `
			const it = new ReadableStream().values(); const proto = Object.getPrototypeOf(it);
			[Object.keys(proto).sort().join("/"), proto[Symbol.toStringTag], it[Symbol.asyncIterator]() === it,
			ReadableStream.prototype[Symbol.asyncIterator] === ReadableStream.prototype.values].join()`, Want: "next/return,ReadableStream AsyncIterator,true,true"},
		{Name: "from a sync iterable of promises", Src: `
			const r = ReadableStream.from([Promise.resolve("a"), "b"]).getReader(); return (await r.read()).value + (await r.read()).value`, Want: "ab"},
		{Name: "from an async iterator, cancelled", Src: `
			let got; const it = { [Symbol.asyncIterator]() { return this; }, async next() { return { value: 1, done: false }; }, async return(r) { got = r; return {}; } };
			const rs = ReadableStream.from(it); await rs.cancel("r"); return got`, Want: "r"},
		{Name: "from what is not iterable", Src: `ReadableStream.from({})`, Want: "throws TypeError"},
		{Name: "from an iterator that throws", Src: `
			return await ReadableStream.from({ [Symbol.iterator]: () => ({ next() { throw new Error("n"); } }) }).getReader().read()`, Want: "throws Error: n"},
	})
}

func TestReadableTee(t *testing.T) {
	const all = `const all = async rs => { const r = rs.getReader(), out = []; for (let x; !(x = await r.read()).done;) out.push(x.value); return out.join(""); };`
	runtimetest.Table(t, []runtimetest.Case{
		{Name: "both get everything", Src: all + `const [a, b] = ReadableStream.from(["x", "y"]).tee(); return await all(a) + "|" + await all(b)`, Want: "xy|xy"},
		{Name: "cancel of one", Src: all + `
			let cancelled = false; const [a, b] = new ReadableStream({ start(c) { c.enqueue("x"); c.close(); }, cancel() { cancelled = true; } }).tee();
			a.cancel(); return await all(b) + cancelled`, Want: "xfalse"},
		{Name: "cancel of both", Src: `
			let reason; const [a, b] = new ReadableStream({ cancel(r) { reason = r; } }).tee();
			await Promise.all([a.cancel("1"), b.cancel("2")]); return reason.join()`, Want: "1,2"},
		{Name: "error", Src: `
			let c; const [a, b] = new ReadableStream({ start(x) { c = x; } }).tee(); c.error(new Error("e"));
			return [await a.getReader().read().catch(e => e.message), await b.getReader().read().catch(e => e.message)].join()`, Want: "e,e"},
		{Name: "bytes are cloned", Src: `
			const [a, b] = new ReadableStream({ type: "bytes", start(c) { c.enqueue(new Uint8Array([1])); c.close(); } }).tee();
			const x = (await a.getReader().read()).value; x[0] = 9; return (await b.getReader().read()).value[0]`, Want: "1"},
		{Name: "bytes read into a view", Src: `
			const [a, b] = new ReadableStream({ type: "bytes", pull(c) { c.byobRequest ? (c.byobRequest.view[0] = 7, c.byobRequest.respond(1)) : c.enqueue(new Uint8Array([8])); } }).tee();
			const x = await a.getReader({ mode: "byob" }).read(new Uint8Array(4)); return [x.value.length, x.value[0], (await b.getReader().read()).value[0]].join()`, Want: "1,7,7"},
	})
}

func TestReadableBytes(t *testing.T) {
	runtimetest.Table(t, []runtimetest.Case{
		{Name: "a default reader gets what was enqueued, whose buffer is gone", Src: `
			const chunk = new Uint8Array([1, 2, 3]);
			const rs = new ReadableStream({ type: "bytes", start(c) { c.enqueue(chunk); } });
			const { value } = await rs.getReader().read(); return [value.join(), chunk.byteLength].join("|")`, Want: "1,2,3|0"},
		{Name: "byob read", Src: `
			const rs = new ReadableStream({ type: "bytes", pull(c) { const v = c.byobRequest.view; v[0] = 5; v[1] = 6; c.byobRequest.respond(2); } });
			const buf = new Uint8Array(4); const { value } = await rs.getReader({ mode: "byob" }).read(buf);
			return [value.join(), value.buffer.byteLength, buf.byteLength].join("|")`, Want: "5,6|4|0"},
		{Name: "the class of the view is kept", Src: `
			const rs = new ReadableStream({ type: "bytes", start(c) { c.enqueue(new Uint8Array([1, 0, 2, 0, 3])); } });
			const { value } = await rs.getReader({ mode: "byob" }).read(new Uint16Array(3)); return value.constructor.name + value.join()`, Want: "Uint16Array1,2"},
		{Name: "DataView", Src: `
			const rs = new ReadableStream({ type: "bytes", start(c) { c.enqueue(new Uint8Array([1, 2])); } });
			const { value } = await rs.getReader({ mode: "byob" }).read(new DataView(new ArrayBuffer(8), 2, 4)); return [value.getUint8(1), value.byteOffset, value.byteLength].join()`, Want: "2,2,2"},
		{Name: "min", Src: `
			let n = 0; const rs = new ReadableStream({ type: "bytes", pull(c) { c.enqueue(new Uint8Array([n++])); } });
			return (await rs.getReader({ mode: "byob" }).read(new Uint8Array(8), { min: 3 })).value.join()`, Want: "0,1,2"},
		{Name: "readAtLeast", Src: `
			let n = 0; const rs = new ReadableStream({ type: "bytes", pull(c) { c.enqueue(new Uint8Array([n++])); } });
			return (await rs.getReader({ mode: "byob" }).readAtLeast(2, new Uint8Array(8))).value.join()`, Want: "0,1"},
		{Name: "respondWithNewView", Src: `
			const rs = new ReadableStream({ type: "bytes", pull(c) { const v = c.byobRequest.view; v[0] = 3; c.byobRequest.respondWithNewView(new Uint8Array(v.buffer, v.byteOffset, 1)); } });
			return (await rs.getReader({ mode: "byob" }).read(new Uint8Array(2))).value.join()`, Want: "3"},
		{Name: "respond too much", Src: `
			let e; const rs = new ReadableStream({ type: "bytes", pull(c) { try { c.byobRequest.respond(5); } catch (x) { e = x.name; } c.enqueue(new Uint8Array(1)); } });
			await rs.getReader({ mode: "byob" }).read(new Uint8Array(2)); return e`, Want: "RangeError"},
		{Name: "close with a read under way", Src: `
			const rs = new ReadableStream({ type: "bytes", pull(c) { c.close(); c.byobRequest.respond(0); } });
			const x = await rs.getReader({ mode: "byob" }).read(new Uint8Array(2)); return [x.done, x.value.length, x.value.buffer.byteLength].join()`, Want: "true,0,2"},
		{Name: "autoAllocateChunkSize", Src: `
			const rs = new ReadableStream({ type: "bytes", autoAllocateChunkSize: 16, pull(c) { c.byobRequest.view[0] = 1; c.byobRequest.respond(1); } });
			const { value } = await rs.getReader().read(); return [value.length, value.buffer.byteLength].join()`, Want: "1,16"},
		{Name: "an empty view", Src: `return await new ReadableStream({ type: "bytes" }).getReader({ mode: "byob" }).read(new Uint8Array(0))`, Want: "throws TypeError"},
		{Name: "an empty chunk", Src: `let c; new ReadableStream({ type: "bytes", start(x) { c = x; } }); c.enqueue(new Uint8Array(0))`, Want: "throws TypeError"},
		{Name: "byob reader of a default stream", Src: `new ReadableStream().getReader({ mode: "byob" })`, Want: "throws TypeError: This ReadableStream does not support BYOB reads."},
		{Name: "a size function", Src: `new ReadableStream({ type: "bytes" }, { size() {} })`, Want: "throws RangeError"},
		{Name: "desiredSize counts bytes", Src: `
			let c; new ReadableStream({ type: "bytes", start(x) { c = x; } }, { highWaterMark: 10 }); c.enqueue(new Uint8Array(4)); await 0; return c.desiredSize`, Want: "6"},
	})
}
