// expect: 503 "Worker exceeded CPU time limit." "limits.cpu_ms"
// log: Worker exceeded CPU time limit.
export default {
	async fetch() {
		const s = "a".repeat(3e4);
		for (;;) try {
			/^(a+)\1+$/.test(s + "b");
		} catch {}
	},
};
