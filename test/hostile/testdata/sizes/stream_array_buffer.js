// expect: 503 "Worker exceeded memory limit."
// expect: 500 "RangeError"
// limits: cpu_ms=10000
export default {
	async fetch() {
		const s = new ReadableStream({ pull(c) { c.enqueue(new Uint8Array(1e6)); } });
		return new Response(await new Response(s).arrayBuffer());
	},
};
