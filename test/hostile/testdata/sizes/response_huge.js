// expect: 200 #120000000
// limits: cpu_ms=5000
export default {
	async fetch() {
		return new Response("x".repeat(1.2e8));
	},
};
