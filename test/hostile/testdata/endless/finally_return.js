// expect: 503 "Worker exceeded CPU time limit." "limits.cpu_ms"
// log: Worker exceeded CPU time limit.
export default {
	async fetch() {
		function held() {
			try {
				for (;;);
			} finally {
				return 1;
			}
		}
		for (;;) held();
	},
};
