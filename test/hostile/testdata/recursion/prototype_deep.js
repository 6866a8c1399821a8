// expect: 200 "RangeError: Maximum call stack size exceeded"
// expect: 503 "Worker exceeded CPU time limit."
// limits: cpu_ms=2000
export default {
	async fetch() {
		try {
			// A property is looked up through 100,000 objects whose last one looks it up again.
			const last = {
				get x() {
					return first.x;
				},
			};
			let first = last;
			for (let i = 0; i < 1e5; i++) first = { __proto__: first };
			first.x;
			return new Response("no error");
		} catch (e) {
			return new Response(`${e.name}: ${e.message}`);
		}
	},
};
