// expect: 503 "Worker exceeded CPU time limit." "limits.cpu_ms"
// log: Worker exceeded CPU time limit.
export default {
	async fetch() {
		const a = crypto.getRandomValues(new Uint32Array(16384));
		for (;;) a.slice().sort();
	},
};
