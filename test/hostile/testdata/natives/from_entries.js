// expect: 503 "Worker exceeded CPU time limit." "limits.cpu_ms"
// log: Worker exceeded CPU time limit.
export default {
	async fetch() {
		for (;;) Object.fromEntries({ [Symbol.iterator]: () => ({ next: Object.bind(null, { value: [1, 2], done: false }) }) });
	},
};
