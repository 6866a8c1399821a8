// expect: 503 "Worker exceeded CPU time limit."
// expect: 503 "Worker exceeded memory limit."
// expect: 200 "logged"
// limits: cpu_ms=3000
export default {
	async fetch(request, env, ctx) {
		let e = new Error("0");
		for (let i = 1; i < 1e5; i++) e = new Error(String(i), { cause: e });
		console.log(e);
		console.error({ e }, [e]);
		return new Response("logged");
	},
};
