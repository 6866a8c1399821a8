// expect: 503 "Worker exceeded CPU time limit." "limits.cpu_ms"
// log: Worker exceeded CPU time limit.
export default {
	async fetch(request, env, ctx) {
		let o = { get x() { return 1; } };
		for (let i = 0; i < 900; i++) {
			const inner = o;
			o = i % 2 ? Object.create(inner) : { get x() { return inner.x; } };
		}
		for (;;) o.x;
	},
};
