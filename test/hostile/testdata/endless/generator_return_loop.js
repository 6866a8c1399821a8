// expect: 503 "Worker exceeded CPU time limit." "limits.cpu_ms"
// log: Worker exceeded CPU time limit.
export default {
	async fetch(request, env, ctx) {
		function* numbers() {
			for (;;) {
				try {
					yield 1;
				} finally {
					for (;;);
				}
			}
		}
		for (const n of numbers()) break;
	},
};
