// expect: 503 "Worker exceeded CPU time limit."
// expect: 503 "Worker exceeded memory limit."
// limits: cpu_ms=2000
export default {
	async fetch(request, env, ctx) {
		const { writable } = new TransformStream(undefined, undefined, { highWaterMark: Infinity });
		const writer = writable.getWriter();
		for (;;) writer.write(new Uint8Array(1e5)).catch(() => {});
	},
};
