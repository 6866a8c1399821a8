// expect: 503 "Worker exceeded CPU time limit." "limits.cpu_ms"
// log: Worker exceeded CPU time limit.
export default {
	async fetch(request, env, ctx) {
		const again = () => {
			using x = {
				[Symbol.dispose]() {
					for (;;);
				},
			};
			for (;;);
		};
		again();
	},
};
