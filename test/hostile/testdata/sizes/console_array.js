// expect: 200 "ok"
// limits: cpu_ms=5000
export default {
	async fetch() {
		console.log(Array(5e6).fill({ a: "x".repeat(1000) }));
		return new Response("ok");
	},
};
