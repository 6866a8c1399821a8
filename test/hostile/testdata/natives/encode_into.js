// expect: 503 "Worker exceeded CPU time limit." "limits.cpu_ms"
// log: Worker exceeded CPU time limit.
export default {
	async fetch() {
		const s = "\u00e9".repeat(1e6);
		const b = new Uint8Array(2e6);
		for (;;) new TextEncoder().encodeInto(s, b);
	},
};
