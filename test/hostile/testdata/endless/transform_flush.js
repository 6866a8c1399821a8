// expect: 503 "Worker exceeded CPU time limit."
// expect: 503 "Worker exceeded memory limit."
// expect: 200 cut
export default {
	async fetch(request, env, ctx) {
		const stream = new Blob(["x"]).stream().pipeThrough(new TransformStream({
			flush(controller) {
				for (;;) controller.enqueue(new Uint8Array(1));
			},
		}));
		return new Response(stream);
	},
};
