// expect: 503 "Worker exceeded CPU time limit."
// expect: 503 "Worker exceeded memory limit."
// limits: cpu_ms=3000
export default {
	async fetch(request, env, ctx) {
		let key = {};
		globalThis.first = key;
		const m = new WeakMap();
		for (;;) {
			const next = { data: new Uint8Array(1000) };
			m.set(key, next);
			key = next;
		}
	},
};
