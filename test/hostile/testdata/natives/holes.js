// expect: 503 "Worker exceeded CPU time limit." "limits.cpu_ms"
// log: Worker exceeded CPU time limit.
export default {
	async fetch() {
		for (;;) Array(2 ** 32 - 1).indexOf(1);
	},
};
