// Each request leaves 30 MB behind in its isolate.
// expect: 200 "leaked"
// next: 200 "leaked"
// next: 503 "Worker exceeded memory limit."
// repeat: 40
// limits: cpu_ms=2000
const kept = [];

export default {
	async fetch() {
		kept.push(new Uint8Array(3e7).fill(1));
		return new Response("leaked");
	},
};
