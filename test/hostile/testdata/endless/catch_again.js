// expect: 503 "Worker exceeded CPU time limit." "limits.cpu_ms"
// log: Worker exceeded CPU time limit.
export default {
	async fetch() {
		// An ended Worker catches nothing.
		for (;;) {
			try {
				for (;;);
			} catch {}
		}
	},
};
