// expect: 200 "right"
export default {
	async fetch() {
		// Arrays that change while a built-in works on them.
		const tries = [
			(a) => a.sort((x, y) => { a.length = 0; return x - y; }),
			(a) => a.map((x, i) => { a.length = 1; return x; }),
			(a) => a.splice(0, { valueOf() { a.length = 0; return 5; } }, 1, 2, 3),
			(a) => a.concat({ [Symbol.isConcatSpreadable]: true, get length() { a.length = 0; return 3; }, 0: a }),
			(a) => a.fill({}, { valueOf() { a.length = 1; return 0; } }),
			(a) => a.join({ toString() { a.length = 0; return ","; } }),
			(a) => a.flatMap((x) => { a.push(1); return a; }),
			(a) => a.copyWithin(0, { valueOf() { a.length = 2; return 1; } }),
			(a) => a.lastIndexOf(1, { valueOf() { a.length = 1; return 8; } }),
			(a) => a.reduceRight((s, x) => { a.length = 0; return x; }),
			(a) => a.toSpliced(0, { valueOf() { a.length = 0; return 1; } }),
			(a) => a.at({ valueOf() { a.length = 0; return 5; } }),
			(a) => Array.prototype.push.apply(a, { get length() { a.length = 0; return 3; } }),
			(a) => JSON.stringify(a, (k, v) => { if (k === "0") a.length = 1; return v; }),
			(a) => JSON.stringify([{ toJSON() { a.length = 0; return a; } }, a]),
			(a) => JSON.parse("[1,2,3]", function (k, v) { this.length = 0; delete this[1]; return v; }),
			(a) => structuredClone([{ get x() { a.length = 0; return 1; } }, a]),
			(a) => Object.assign(a, { get 0() { a.length = 0; return 1; }, 5: 1 }),
			(a) => Math.max.apply(null, new Proxy(a, { get(t, k) { a.length = 1; return t[k]; } })),
			(a) => a.every((x, i) => delete a[i + 1]),
			(a) => { for (const x of a) if (a.length < 100) a.unshift(1); else break; },
			(a) => a.forEach((x, i) => Object.defineProperty(a, i + 1, { get() { a.length = i; return 1; }, configurable: true })),
			(a) => Object.defineProperty(a, "length", { value: 3, get writable() { a.length = 0; return false; } }),
			(a) => a.reverse.call(new Proxy(a, { has(t, k) { a.length = 2; return true; } })),
			(a) => Array.from({ get length() { a.length = 0; return 4; }, 0: a }),
			(a) => new Map(a.map((x) => [x, a])).forEach((v, k, m) => { m.clear(); a.length = 0; }),
			(a) => new Set(a).forEach((v, k, s) => { s.clear(); if (a.pop()) s.add({}); }),
			(a) => Object.groupBy(a, () => { a.length = 0; return "k"; }),
			(a) => String.raw({ raw: { get length() { a.length = 0; return 3; }, 0: a, 1: a } }, 1),
			(a) => "abc".replace(/b/g, () => { a.length = 0; return a; }),
			(a) => Reflect.ownKeys(new Proxy(a, { ownKeys: () => ["length", "length"] })),
			(a) => Object.entries(new Proxy({ a: 1, b: 2 }, { getOwnPropertyDescriptor(t, k) { delete t.b; return Reflect.getOwnPropertyDescriptor(t, k); } })),
		];
		for (const t of tries) {
			try {
				t([5, 1, 4, 2, 3, 9, 8, 7]);
			} catch {}
		}
		return new Response("right");
	},
};
