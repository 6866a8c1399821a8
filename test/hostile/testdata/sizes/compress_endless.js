// expect: 503 "Worker exceeded CPU time limit."
// expect: 503 "Worker exceeded memory limit."
// expect: 500 "RangeError"
// limits: cpu_ms=2000
export default {
	async fetch(request, env, ctx) {
		const source = new ReadableStream({ pull: (c) => c.enqueue(new Uint8Array(1e6)) });
		const out = source.pipeThrough(new CompressionStream("gzip")).pipeThrough(new DecompressionStream("gzip"));
		return new Response(await new Response(out).arrayBuffer());
	},
};
