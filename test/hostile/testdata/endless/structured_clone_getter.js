// expect: 503 "Worker exceeded CPU time limit." "limits.cpu_ms"
// log: Worker exceeded CPU time limit.
export default {
	async fetch() {
		structuredClone({
			get x() {
				for (;;);
			},
		});
	},
};
