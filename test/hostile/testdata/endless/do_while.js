// expect: 503 "Worker exceeded CPU time limit." "limits.cpu_ms"
// log: Worker exceeded CPU time limit.
export default {
	async fetch() {
		let i = 0;
		do {
			i = (i * 7 + 1) % 1000;
		} while (i < 1000);
		return new Response(i);
	},
};
