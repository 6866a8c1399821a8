// expect: 503 "Worker exceeded memory limit."
// expect: 500 "RangeError"
// limits: cpu_ms=5000
export default {
	async fetch() {
		let b = new Blob(["x".repeat(1e6)]);
		for (let i = 0; i < 100; i++) b = new Blob([b, b]);
		return new Response(await b.text());
	},
};
