// expect: 503 "Worker exceeded memory limit."
// log: Worker exceeded memory limit.
// limits: cpu_ms=10000
export default {
	async fetch() {
		const { writable } = new TransformStream();
		const writer = writable.getWriter();
		for (;;) writer.write(new Uint8Array(65536)).catch(() => {});
	},
};
