// 5 MB of headers.
// expect: 200 "ok"
// limits: cpu_ms=5000
export default {
	async fetch() {
		const h = new Headers();
		for (let i = 0; i < 5000; i++) h.append(`h${i}`, "x".repeat(1e3));
		return new Response("ok", { headers: h });
	},
};
