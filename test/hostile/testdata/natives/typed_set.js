// expect: 503 "Worker exceeded CPU time limit." "limits.cpu_ms"
// log: Worker exceeded CPU time limit.
export default {
	async fetch() {
		const a = new Uint8Array(1e6);
		const b = new Float64Array(1e6);
		for (;;) b.set(a);
	},
};
