// expect: 503 "Worker exceeded CPU time limit." "limits.cpu_ms"
// log: Worker exceeded CPU time limit.
export default {
	async fetch() {
		const b = new Uint8Array(1e8);
		for (;;) await crypto.subtle.digest("SHA-512", b);
	},
};
