// expect: 503 "Worker exceeded CPU time limit."
// expect: 503 "Worker exceeded memory limit."
// expect: 500 "RangeError"
// limits: cpu_ms=3000
export default {
	async fetch(request, env, ctx) {
		const all = [];
		const r = new Request("http://a/", { method: "POST", body: "x".repeat(1e7) });
		for (;;) all.push(r.clone().text());
	},
};
