// expect: 200 "leaked"
// next: 200 "leaked"
// next: 503 "Worker exceeded memory limit."
// repeat: 40
// limits: cpu_ms=2000
export default {
	async fetch() {
		globalThis.kept ??= [];
		for (let i = 0; i < 20; i++) globalThis.kept.push(Array(4e4).fill(i));
		return new Response("leaked");
	},
};
