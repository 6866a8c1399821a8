// expect: 200 "right"
export default {
	async fetch() {
		// Buffers that are taken away while a built-in works on them: errors or nothing, but no crash.
		const detach = (a) => structuredClone(a.buffer, { transfer: [a.buffer] });
		const tries = [
			(a) => a.fill({ valueOf() { detach(a); return 1; } }),
			(a) => a.set({ length: 4, get 0() { detach(a); return 1; }, 1: 1 }),
			(a) => a.sort((x, y) => { detach(a); return x - y; }),
			(a) => a.map((x) => { detach(a); return x; }),
			(a) => a.forEach(() => a.buffer.byteLength && detach(a)),
			(a) => a.copyWithin(0, { valueOf() { detach(a); return 1; } }),
			(a) => a.subarray({ valueOf() { detach(a); return 1; } }),
			(a) => a.slice({ valueOf() { detach(a); return 1; } }),
			(a) => a.indexOf(0, { valueOf() { detach(a); return 1; } }),
			(a) => a.includes(0, { valueOf() { detach(a); return 1; } }),
			(a) => a.join({ toString() { detach(a); return ","; } }),
			(a) => a.with(0, { valueOf() { detach(a); return 1; } }),
			(a) => new DataView(a.buffer).setUint8({ valueOf() { detach(a); return 0; } }, 1),
			(a) => new DataView(a.buffer).setFloat64(0, { valueOf() { detach(a); return 0; } }),
			(a) => a.buffer.slice({ valueOf() { detach(a); return 0; } }),
			(a) => a.buffer.transfer({ valueOf() { detach(a); return 100; } }),
			(a) => new Uint8Array(a.buffer, { valueOf() { detach(a); return 8; } }),
			(a) => crypto.getRandomValues((detach(a), a)),
			(a) => new TextDecoder().decode((detach(a), a)),
			(a) => new TextDecoder().decode(a, { get stream() { detach(a); return true; } }),
			(a) => new TextEncoder().encodeInto({ toString() { detach(a); return "abc"; } }, a),
			(a) => new Blob([a, { toString() { detach(a); return ""; } }]),
			(a) => structuredClone([a, { get x() { detach(a); } }]),
			(a) => structuredClone(a.buffer, { transfer: [a.buffer, a.buffer] }),
			(a) => new Response(a).body.getReader({ mode: "byob" }).read(a),
			(a) => a.reduce((s, x) => { if (a.length) detach(a); return s + x; }),
			(a) => Uint8Array.prototype.setFromHex?.call((detach(a), a), "00"),
			(a) => a.buffer.resize?.(4),
			(a) => Array.from(a, () => a.length && detach(a)),
			(a) => { for (const x of a) if (a.length) detach(a); },
			(a) => Reflect.construct(Float64Array, [a.buffer], new Proxy(Float64Array, { get(t, k) { detach(a); return Reflect.get(t, k); } })),
			(a) => Object.defineProperty(a, 0, { value: { valueOf() { detach(a); return 1; } } }),
			(a) => { a[0] = { valueOf() { detach(a); return 1; } }; },
		];
		for (const t of tries) {
			try {
				await t(new Uint8Array(16));
			} catch {}
		}
		return new Response("right");
	},
};
