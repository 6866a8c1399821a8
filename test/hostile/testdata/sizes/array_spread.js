// expect: 503 "Worker exceeded memory limit."
// expect: 500 "RangeError: Invalid array length"
// expect: 503 "Worker exceeded CPU time limit."
// limits: cpu_ms=5000
export default {
	async fetch() {
		let a = [1, 2, 3];
		for (;;) a = [...a, ...a];
	},
};
