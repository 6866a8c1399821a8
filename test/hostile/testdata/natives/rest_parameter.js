// expect: 503 "Worker exceeded CPU time limit." "limits.cpu_ms"
// expect: 200 "10000000"
// expect: 503 "Worker exceeded memory limit."
export default {
	async fetch(request, env, ctx) {
		const f = ([...all]) => all.length;
		return new Response(String(f(new Uint8Array(1e7))));
	},
};
