// expect: 503 "Worker exceeded memory limit."
// log: Worker exceeded memory limit.
// limits: cpu_ms=10000
export default {
	async fetch() {
		function* g() {
			const held = Array(100).fill(0);
			yield held;
		}
		const all = [];
		for (;;) {
			const it = g();
			it.next();
			all.push(it);
		}
	},
};
