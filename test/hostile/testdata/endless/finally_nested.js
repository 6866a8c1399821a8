// expect: 503 "Worker exceeded CPU time limit." "limits.cpu_ms"
// log: Worker exceeded CPU time limit.
export default {
	async fetch(request, env, ctx) {
		const again = (n) => {
			try {
				if (n > 0) again(n - 1);
				for (;;);
			} finally {
				if (n > 0) again(n - 1);
				for (;;);
			}
		};
		again(200);
	},
};
