// expect: 503 "Worker exceeded CPU time limit." "limits.cpu_ms"
// log: Worker exceeded CPU time limit.
export default {
	async fetch() {
		const t = new TransformStream({ transform() { for (;;); } });
		const done = new Response(t.readable).text();
		const writer = t.writable.getWriter();
		writer.write("x");
		return new Response(await done);
	},
};
