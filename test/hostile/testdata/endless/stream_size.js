// expect: 503 "Worker exceeded CPU time limit." "limits.cpu_ms"
// log: Worker exceeded CPU time limit.
export default {
	async fetch() {
		const s = new ReadableStream({ start(c) { c.enqueue(1); } }, { highWaterMark: 2, size() { for (;;); } });
		return new Response("late");
	},
};
