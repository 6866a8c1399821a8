// expect: 503 "Worker exceeded CPU time limit." "limits.cpu_ms"
// log: Worker exceeded CPU time limit.
export default {
	async fetch() {
		for (;;) Array.prototype.copyWithin.call({ length: 2 ** 53 - 1 }, 1, 0);
	},
};
