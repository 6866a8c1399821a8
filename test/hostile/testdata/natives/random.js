// expect: 503 "Worker exceeded CPU time limit." "limits.cpu_ms"
// log: Worker exceeded CPU time limit.
export default {
	async fetch() {
		const b = new Uint8Array(65536);
		for (;;) crypto.getRandomValues(b);
	},
};
