// expect: 503 "Worker exceeded CPU time limit." "limits.cpu_ms"
// log: Worker exceeded CPU time limit.
export default {
	async fetch() {
		for (;;) [].concat({ length: 2 ** 53 - 1, [Symbol.isConcatSpreadable]: true });
	},
};
