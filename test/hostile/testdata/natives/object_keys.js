// expect: 503 "Worker exceeded CPU time limit." "limits.cpu_ms"
// log: Worker exceeded CPU time limit.
export default {
	async fetch() {
		const o = Object.fromEntries(Array.from({ length: 1e4 }, (_, i) => [`k${i}`, i]));
		for (;;) Object.keys(o);
	},
};
