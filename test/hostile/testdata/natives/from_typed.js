// expect: 503 "Worker exceeded CPU time limit." "limits.cpu_ms"
// log: Worker exceeded CPU time limit.
export default {
	async fetch() {
		for (;;) try {
			Uint8Array.from({ length: 1e8 });
		} catch {}
	},
};
