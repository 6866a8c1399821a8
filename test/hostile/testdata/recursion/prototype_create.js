// expect: 200 "RangeError: Maximum call stack size exceeded"
// expect: 503 "Worker exceeded CPU time limit."
// limits: cpu_ms=2000
export default {
	async fetch() {
		try {
			const last = {
				get x() {
					return first.x;
				},
			};
			let first = last;
			for (let i = 0; i < 1e5; i++) first = Object.create(first);
			first.x;
			return new Response("no error");
		} catch (e) {
			return new Response(`${e.name}: ${e.message}`);
		}
	},
};
