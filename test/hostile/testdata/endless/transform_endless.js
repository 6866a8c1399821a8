// expect: 503 "Worker exceeded CPU time limit."
// expect: 503 "Worker exceeded memory limit."
// expect: 200 cut
export default {
	async fetch(request, env, ctx) {
		const { readable, writable } = new TransformStream({
			transform(chunk, controller) {
				for (;;) controller.enqueue(chunk);
			},
		});
		const writer = writable.getWriter();
		writer.write(new Uint8Array(1));
		return new Response(readable);
	},
};
