// expect: 503 "Worker exceeded CPU time limit." "limits.cpu_ms"
// log: Worker exceeded CPU time limit.
export default {
	async fetch() {
		const s = "a".repeat(1e5);
		for (;;) try {
			/(?=(a+))a*b\1/.test(s);
		} catch {}
	},
};
