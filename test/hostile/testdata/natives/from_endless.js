// expect: 503 "Worker exceeded CPU time limit." "limits.cpu_ms"
// log: Worker exceeded CPU time limit.
export default {
	async fetch() {
		for (;;) Array.from({ length: 1e6 }, Boolean);
	},
};
