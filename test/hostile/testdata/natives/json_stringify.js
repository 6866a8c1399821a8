// expect: 503 "Worker exceeded CPU time limit." "limits.cpu_ms"
// log: Worker exceeded CPU time limit.
export default {
	async fetch() {
		const a = Array(1e6).fill("ab");
		for (;;) JSON.stringify(a);
	},
};
