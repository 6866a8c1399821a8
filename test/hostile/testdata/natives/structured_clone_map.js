// expect: 503 "Worker exceeded CPU time limit."
// expect: 503 "Worker exceeded memory limit."
// expect: 500 "RangeError"
export default {
	async fetch(request, env, ctx) {
		const m = new Map();
		m.set(m, m);
		for (let i = 0; i < 1e5; i++) m.set(i, m);
		for (;;) structuredClone(m);
	},
};
