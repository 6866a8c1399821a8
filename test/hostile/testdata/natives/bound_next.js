// expect: 503 "Worker exceeded CPU time limit." "limits.cpu_ms"
// log: Worker exceeded CPU time limit.
export default {
	async fetch() {
		const all = { [Symbol.iterator]: () => ({ next: Object.bind(null, { value: 1, done: false }) }) };
		for (;;) for (const x of all);
	},
};
