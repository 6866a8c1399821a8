// expect: 503 "Worker exceeded CPU time limit." "limits.cpu_ms"
// log: Worker exceeded CPU time limit.
export default {
	async fetch(request, env, ctx) {
		outer: for (;;) {
			try {
				for (;;);
			} catch {
				continue outer;
			} finally {
				continue outer;
			}
		}
	},
};
