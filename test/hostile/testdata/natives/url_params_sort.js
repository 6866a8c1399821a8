// expect: 503 "Worker exceeded CPU time limit." "limits.cpu_ms"
// log: Worker exceeded CPU time limit.
export default {
	async fetch() {
		const p = new URLSearchParams("b=1&a=2&".repeat(1e5));
		for (;;) p.sort();
	},
};
