// expect: 503 "Worker exceeded CPU time limit."
// expect: 503 "Worker exceeded memory limit."
// expect: 500 "Error: 999999"
// limits: cpu_ms=3000
export default {
	async fetch(request, env, ctx) {
		let e = new Error("0");
		for (let i = 1; i < 1e6; i++) e = new Error(String(i), { cause: e });
		throw e;
	},
};
