// expect: 503 "Worker exceeded memory limit."
// log: Worker exceeded memory limit.
// limits: cpu_ms=10000
export default {
	async fetch() {
		const all = [];
		const f = (n) => {
			if (n === 0) all.push(new Error("x".repeat(1000)));
			else f(n - 1);
		};
		for (;;) f(50);
	},
};
