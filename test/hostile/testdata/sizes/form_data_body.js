// expect: 503 "Worker exceeded memory limit."
// expect: 500 "RangeError"
// limits: cpu_ms=10000
export default {
	async fetch() {
		const f = new FormData();
		const s = "x".repeat(1e7);
		for (let i = 0; i < 100; i++) f.append("a", s);
		return new Response(await new Response(f).text());
	},
};
