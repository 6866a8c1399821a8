// expect: 503 "Worker exceeded CPU time limit."
// expect: 503 "Worker exceeded memory limit."
// limits: cpu_ms=3000
export default {
	async fetch(request, env, ctx) {
		const source = new ReadableStream({ pull: (c) => c.enqueue(new Uint8Array(1e6)) }, { highWaterMark: 0 });
		const [a, b] = source.tee();
		for await (const chunk of a);
	},
};
