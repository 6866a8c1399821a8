// expect: 503 "Worker exceeded CPU time limit."
// expect: 503 "Worker exceeded memory limit."
// expect: 200 "logged"
// limits: cpu_ms=2000
export default {
	async fetch(request, env, ctx) {
		let o = { a: 1 };
		for (let i = 0; i < 40; i++) o = { a: o, b: o, c: new Map([[o, o]]), d: new Set([o]) };
		console.log(o);
		return new Response("logged");
	},
};
