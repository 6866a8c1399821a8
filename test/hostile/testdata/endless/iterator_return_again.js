// expect: 503 "Worker exceeded CPU time limit." "limits.cpu_ms"
// log: Worker exceeded CPU time limit.
export default {
	async fetch(request, env, ctx) {
		const o = {
			[Symbol.iterator]() {
				return {
					next: () => ({ value: 1, done: false }),
					return() {
						for (const x of o) break;
						for (;;) for (const x of o) return {};
					},
				};
			},
		};
		for (;;) {
			try {
				for (const x of o) break;
			} catch {}
		}
	},
};
