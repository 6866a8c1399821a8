// expect: 503 "Worker exceeded CPU time limit." "limits.cpu_ms"
// log: Worker exceeded CPU time limit.
export default {
	async fetch() {
		let sum = 0;
		for (let i = 0; i < Infinity; i++) sum += i;
		return new Response(sum);
	},
};
