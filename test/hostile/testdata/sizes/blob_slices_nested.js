// expect: 503 "Worker exceeded CPU time limit."
// expect: 503 "Worker exceeded memory limit."
// expect: 200 "1"
// limits: cpu_ms=2000
export default {
	async fetch(request, env, ctx) {
		let b = new Blob(["x".repeat(1e6)]);
		for (let i = 0; i < 1e6; i++) b = new Blob([b.slice(1), "x"]);
		return new Response(String((await b.text()).length / 1e6));
	},
};
