// expect: 503 "Worker exceeded memory limit."
// log: Worker exceeded memory limit.
// limits: cpu_ms=10000
export default {
	async fetch() {
		const r = new Response(new ReadableStream({ pull(c) { c.enqueue(new Uint8Array(65536)); } }));
		const all = [];
		for (let i = 0; i < 10; i++) all.push(r.clone());
		for await (const chunk of r.body);
	},
};
