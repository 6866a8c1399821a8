// expect: 503 "Worker exceeded CPU time limit." "limits.cpu_ms"
// log: Worker exceeded CPU time limit.
export default {
	async fetch() {
		const keys = Array.from({ length: 1e4 }, (_, i) => `k${i}`);
		const p = new Proxy({}, { ownKeys: () => keys });
		for (;;) Reflect.ownKeys(p);
	},
};
