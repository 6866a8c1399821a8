// expect: 503 "Worker exceeded CPU time limit." "limits.cpu_ms"
// log: Worker exceeded CPU time limit.
export default {
	async fetch() {
		const s = "e\u0301".repeat(1e6);
		for (;;) s.normalize("NFC");
	},
};
