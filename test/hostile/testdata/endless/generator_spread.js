// expect: 503 "Worker exceeded CPU time limit." "limits.cpu_ms"
// log: Worker exceeded CPU time limit.
export default {
	async fetch() {
		function* all() {
			while (true) yield 1;
		}
		return new Response([...all()].length);
	},
};
