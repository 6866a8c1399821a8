// expect: 200 "RangeError: Maximum call stack size exceeded"
// limits: cpu_ms=2000
export default {
	async fetch() {
		try {
			let c;
			const s = new ReadableStream({ start: (x) => { c = x; } }, { highWaterMark: 1, size: () => c.enqueue(1) });
			c.enqueue(1);
			return new Response("no error");
		} catch (e) {
			return new Response(`${e.name}: ${e.message}`);
		}
	},
};
