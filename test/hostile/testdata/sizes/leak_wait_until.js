// expect: 200 "leaked"
// next: 200 "leaked"
// next: 503 "Worker exceeded memory limit."
// repeat: 40
// limits: cpu_ms=2000
export default {
	async fetch(request, env, ctx) {
		const held = new Uint8Array(3e7).fill(1);
		ctx.waitUntil(new Promise((resolve) => setTimeout(() => resolve(held), 1e9)));
		return new Response("leaked");
	},
};
