// expect: 503 "Worker exceeded CPU time limit."
// expect: 503 "Worker exceeded memory limit."
// limits: cpu_ms=1000
export default {
	async fetch(request, env, ctx) {
		const zeros = await new Response(new Blob([new Uint8Array(1e8)]).stream().pipeThrough(new CompressionStream("deflate"))).arrayBuffer();
		for (;;) {
			const plain = new Blob([zeros]).stream().pipeThrough(new DecompressionStream("deflate"));
			for await (const chunk of plain);
		}
	},
};
