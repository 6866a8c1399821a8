// expect: 200 "right"
// limits: cpu_ms=5000
export default {
	async fetch() {
		// Every class is made of hostile arguments, with hostile new.target.
		let made = 0;
		const trap = new Proxy(function () {}, { get(t, k) { if (k === "prototype") throw new Error("prototype"); return trap; }, apply: () => trap, construct: () => trap });
		const hostile = [undefined, null, NaN, -1, 2 ** 53, "", "http://a/", Symbol("s"), 1n, {}, [], trap, () => { throw 1; }, { get type() { throw 1; } }, { [Symbol.iterator]: 1 }, new Uint8Array(1)];
		for (const name of Object.getOwnPropertyNames(globalThis)) {
			const C = globalThis[name];
			if (typeof C !== "function" || name === "eval") continue;
			for (const a of hostile) {
				for (const args of [[a], [a, a], ["x", a, a]]) {
					for (const target of [C, trap, Object]) {
						try {
							made++;
							const o = Reflect.construct(C, args, target);
							if (o instanceof Promise) o.catch(() => {});
						} catch {}
					}
				}
			}
		}
		return new Response(made > 1000 ? "right" : String(made));
	},
};
