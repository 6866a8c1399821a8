// expect: 503 "Worker exceeded"
// log: Worker exceeded
// limits: cpu_ms=3000
export default {
	async fetch() {
		for (let i = 0; ; i++) console.count(`${i}${"x".repeat(1e5)}`);
	},
};
