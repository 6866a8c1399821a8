// expect: 503 "Worker exceeded CPU time limit." "limits.cpu_ms"
// log: Worker exceeded CPU time limit.
export default {
	async fetch() {
		const s = `http://${"\u00e9.".repeat(1e5)}/`;
		for (;;) try {
			new URL(s);
		} catch {}
	},
};
