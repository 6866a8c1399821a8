// expect: 503 "Worker exceeded CPU time limit." "limits.cpu_ms"
// log: Worker exceeded CPU time limit.
export default {
	async fetch() {
		const s = new ReadableStream({ pull() { for (;;); } });
		return new Response(await new Response(s).text());
	},
};
