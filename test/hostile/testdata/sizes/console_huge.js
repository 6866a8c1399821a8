// expect: 200 "ok"
// limits: cpu_ms=5000
export default {
	async fetch() {
		console.log("x".repeat(1e8));
		return new Response("ok");
	},
};
