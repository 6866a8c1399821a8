// expect: 200 "right"
// limits: cpu_ms=5000
export default {
	async fetch() {
		// Every getter and function of every class is called on everything else.
		let calls = 0;
		const receivers = [undefined, null, 1, "x", {}, [], () => {}, new Proxy({}, {}), Object.create(null), new Response("x"), new Headers(), new URL("http://a/"), new Uint8Array(2), Promise.resolve()];
		for (const name of Object.getOwnPropertyNames(globalThis)) {
			const C = globalThis[name];
			if (typeof C !== "function" || typeof C.prototype !== "object" || C.prototype === null) continue;
			for (const key of Reflect.ownKeys(C.prototype)) {
				if (key === "constructor") continue;
				const d = Object.getOwnPropertyDescriptor(C.prototype, key);
				for (const f of [d.get, d.set, d.value]) {
					if (typeof f !== "function") continue;
					for (const receiver of receivers) {
						try {
							calls++;
							const r = Reflect.apply(f, receiver, []);
							if (r instanceof Promise) r.catch(() => {});
						} catch {}
					}
				}
			}
		}
		return new Response(calls > 1000 ? "right" : String(calls));
	},
};
