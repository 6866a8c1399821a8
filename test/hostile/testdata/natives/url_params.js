// expect: 503 "Worker exceeded CPU time limit." "limits.cpu_ms"
// log: Worker exceeded CPU time limit.
export default {
	async fetch() {
		const s = "a=%41&".repeat(1e5);
		for (;;) new URLSearchParams(s);
	},
};
