// expect: 503 "Worker exceeded CPU time limit." "limits.cpu_ms"
// log: Worker exceeded CPU time limit.
export default {
	async fetch() {
		let a = [1];
		for (let i = 0; i < 40; i++) a = [a, a];
		for (;;) a.flat(Infinity);
	},
};
