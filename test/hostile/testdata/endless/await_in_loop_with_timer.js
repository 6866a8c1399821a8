// expect: 503 "Worker exceeded CPU time limit." "limits.cpu_ms"
// log: Worker exceeded CPU time limit.
export default {
	async fetch() {
		for (;;) {
			await new Promise((resolve) => setTimeout(resolve, 0));
			for (let i = 0; i < 10000; i++);
		}
	},
};
