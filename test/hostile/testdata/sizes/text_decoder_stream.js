// expect: 503 "Worker exceeded CPU time limit."
// expect: 503 "Worker exceeded memory limit."
// expect: 500 "RangeError"
// limits: cpu_ms=3000
export default {
	async fetch(request, env, ctx) {
		const source = new ReadableStream({ pull: (c) => c.enqueue(new Uint8Array(1e6).fill(0xff)) });
		return new Response(await new Response(source.pipeThrough(new TextDecoderStream("utf-16le")).pipeThrough(new TextEncoderStream())).text());
	},
};
