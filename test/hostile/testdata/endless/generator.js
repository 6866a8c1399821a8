// expect: 503 "Worker exceeded CPU time limit." "limits.cpu_ms"
// log: Worker exceeded CPU time limit.
export default {
	async fetch() {
		function* all() {
			let i = 0;
			while (true) yield i++;
		}
		let sum = 0;
		for (const i of all()) sum += i;
		return new Response(sum);
	},
};
