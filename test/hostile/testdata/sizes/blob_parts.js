// expect: 503 "Worker exceeded memory limit."
// expect: 500 "RangeError"
// limits: cpu_ms=5000
export default {
	async fetch() {
		const s = "x".repeat(1e7);
		const b = new Blob(Array(1000).fill(s));
		return new Response(await b.text());
	},
};
