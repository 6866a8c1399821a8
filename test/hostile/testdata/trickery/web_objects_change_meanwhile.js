// expect: 200 "right"
export default {
	async fetch() {
		// Web API objects that change while they are worked on.
		const tries = [
			() => { const h = new Headers({ a: "1", b: "2", c: "3" }); h.forEach((v, k) => { h.delete("b"); h.append("aa" + h.get("a").length, "x"); if (k > "aa") h.delete(k); }); },
			() => { const p = new URLSearchParams("a=1&b=2&c=3"); p.forEach((v, k) => p.delete(k)); },
			() => { const f = new FormData(); f.append("a", "1"); f.append("b", "2"); for (const [k] of f) f.delete(k); },
			() => { const p = new URLSearchParams("a=1"); p.append({ toString() { p.delete("a"); return "k"; } }, { toString() { p.sort(); return "v"; } }); },
			() => { const u = new URL("http://a/?x"); for (const [k] of u.searchParams) u.search = "?" + "y&".repeat(3); },
			() => { const t = new EventTarget(); const l = () => { t.removeEventListener("x", l); t.addEventListener("x", l, { once: true }); }; t.addEventListener("x", l); t.dispatchEvent(new Event("x")); },
			() => { const t = new EventTarget(); const e = new Event("x"); t.addEventListener("x", () => t.dispatchEvent(e)); t.dispatchEvent(e); },
			() => { const c = new AbortController(); c.signal.addEventListener("abort", { get handleEvent() { c.abort(); throw 1; } }); c.abort(); },
			() => { let c; const s = new ReadableStream({ start(x) { c = x; } }, { size() { c.close(); return 1; } }); c.enqueue(1); },
			() => { let c; const s = new ReadableStream({ start(x) { c = x; } }, { size() { c.error(1); return NaN; } }); c.enqueue(1); },
			() => { let c; new ReadableStream({ type: "bytes", start(x) { c = x; }, pull() { c.byobRequest?.respond(1e9); } }).getReader({ mode: "byob" }).read(new Uint8Array(1)).catch(() => {}); },
			() => { const w = new WritableStream({ write(x, c) { c.error(1); w.close(); } }); const wr = w.getWriter(); wr.write(1).catch(() => {}); wr.close().catch(() => {}); wr.closed.catch(() => {}); },
			() => { const t = new TransformStream({ transform(x, c) { c.terminate(); c.enqueue(x); } }); const wr = t.writable.getWriter(); wr.write(1).catch(() => {}); wr.closed.catch(() => {}); t.readable.getReader().read().catch(() => {}); },
			() => { const s = new ReadableStream(); const r = s.getReader(); r.releaseLock(); r.releaseLock(); s.cancel({ toString() { throw 1; } }); },
			async () => { const s = new ReadableStream({ pull(c) { c.enqueue(new Uint8Array(1)); } }); const it = s[Symbol.asyncIterator](); it.return(); it.return(); it.next(); await it.next(); },
			async () => { const b = new Blob(["x"]); const s = b.stream(); s.pipeTo(new WritableStream({ start() { s.cancel?.().catch(() => {}); } })).catch(() => {}); },
			async () => { const r = new Response("x"); await Promise.allSettled([r.text(), r.text(), r.json(), r.clone?.().text()]); },
			() => { const id = setTimeout(() => {}, 0); clearTimeout(id); clearTimeout(id); clearInterval({ valueOf() { clearTimeout(id); return id; } }); },
			() => new DOMException({ toString() { throw 1; } }, { toString() { throw 2; } }),
			() => new Headers({ get a() { throw 1; } }),
			() => new Blob([{ [Symbol.toPrimitive]() { return {}; } }]),
			() => new File([], "x", { lastModified: { valueOf() { throw 1; } } }),
			() => new TextDecoder({ toString() { throw 1; } }),
			() => structuredClone({ get x() { throw 1; } }),
			() => structuredClone(new Proxy({}, { ownKeys: () => ["a", "b"], getOwnPropertyDescriptor: () => ({ configurable: true, enumerable: true, get: () => { throw 1; } }) })),
			() => queueMicrotask(() => { throw { get name() { throw 1; } }; }),
			() => reportError?.({ get stack() { throw 1; } }),
		];
		for (const t of tries) {
			try {
				await t();
			} catch {}
		}
		return new Response("right");
	},
};
