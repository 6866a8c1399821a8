// The client would read for ever; the CPU time of the stream ends it.
// slow: little by little
// expect: 200 cut
// log: Worker exceeded CPU time limit.
export default {
	async fetch() {
		const chunk = new Uint8Array(1000);
		return new Response(new ReadableStream({ pull(c) { c.enqueue(chunk); } }));
	},
};
