// expect: 503 "Worker exceeded CPU time limit."
// expect: 503 "Worker exceeded memory limit."
// expect: 200 "2"
// limits: cpu_ms=2000
export default {
	async fetch(request, env, ctx) {
		let all = [new Blob(["x"]).stream()];
		while (all.length < 1e5) all = all.flatMap((s) => s.tee());
		return new Response(String((await new Response(all[0]).arrayBuffer()).byteLength + 1));
	},
};
