// expect: 503 "Worker exceeded CPU time limit."
// expect: 503 "Worker exceeded memory limit."
// expect: 500 "RangeError"
// limits: cpu_ms=3000
export default {
	async fetch(request, env, ctx) {
		const all = [];
		for (;;) {
			const stream = new ReadableStream({ type: "bytes", autoAllocateChunkSize: 1e8, pull: (c) => c.byobRequest.respond(1e8) });
			all.push((await stream.getReader().read()).value);
		}
	},
};
