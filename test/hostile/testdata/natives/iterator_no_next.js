// expect: 200 "TypeError,TypeError,TypeError,TypeError,TypeError,TypeError,TypeError,TypeError,TypeError"
export default {
	async fetch(request, env, ctx) {
		const o = { [Symbol.iterator]: () => ({}) };
		const ways = [
			() => {
				for (const x of o);
			},
			() => [...o],
			() => Math.max(...o),
			() => {
				const [a] = o;
			},
			() => (([a]) => a)(o),
			() => new Map(o),
			() => [...(function* () {
				yield* o;
			})()],
			() => new Set([1, 2]).union({ size: 1, has() {}, keys: () => ({}) }),
			() => new Headers(o),
		];
		return new Response(ways.map((way) => {
			try {
				return way();
			} catch (e) {
				return e.name;
			}
		}).join());
	},
};
