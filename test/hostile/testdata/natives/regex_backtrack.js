// expect: 503 "Worker exceeded CPU time limit." "limits.cpu_ms"
// log: Worker exceeded CPU time limit.
export default {
	async fetch() {
		const s = "a".repeat(50);
		for (;;) try {
			/(?!z)(a*)*c/.test(s);
		} catch {}
	},
};
