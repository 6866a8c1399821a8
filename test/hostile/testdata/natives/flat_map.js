// expect: 503 "Worker exceeded CPU time limit." "limits.cpu_ms"
// log: Worker exceeded CPU time limit.
export default {
	async fetch() {
		const a = Array(1000).fill(1);
		for (;;) a.flatMap(() => a);
	},
};
