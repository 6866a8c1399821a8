// expect: 503 "Worker exceeded memory limit."
// log: Worker exceeded memory limit.
// limits: cpu_ms=10000
export default {
	async fetch() {
		// One branch is read, the other one keeps all.
		const s = new ReadableStream({ pull(c) { c.enqueue(new Uint8Array(65536)); } });
		const [a, b] = s.tee();
		for await (const chunk of a);
		return new Response(b);
	},
};
