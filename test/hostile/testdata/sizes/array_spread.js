// expect: 503 "Worker exceeded memory limit."
// expect: 500 "RangeError: Invalid array length"
// limits: cpu_ms=10000
export default {
	async fetch() {
		let a = [1, 2, 3];
		for (;;) a = [...a, ...a];
	},
};
