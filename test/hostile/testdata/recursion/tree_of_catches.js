// expect: 503 "Worker exceeded CPU time limit." "limits.cpu_ms"
// log: Worker exceeded CPU time limit.
export default {
	async fetch() {
		// Two more calls in each catch: without a limit of time it would end after 2 ** 10000 of them.
		function f() {
			try {
				f();
			} finally {
				f();
			}
		}
		f();
	},
};
