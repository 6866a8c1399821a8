// expect: 503 "Worker exceeded memory limit."
// log: Worker exceeded memory limit.
// limits: cpu_ms=10000
export default {
	async fetch() {
		let c;
		new ReadableStream({ start(x) { c = x; } });
		for (;;) c.enqueue(new Uint8Array(65536));
	},
};
