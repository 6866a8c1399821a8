// A body of which the other end is the Worker itself.
// bind: SELF bound-stream-loop
// expect: 503 "32"
// expect: 503 "depth"
// expect: 503 "Worker exceeded"
export default {
	async fetch(request, env) {
		const body = new ReadableStream({ pull(c) { c.enqueue(new Uint8Array(10)); } });
		const answer = await env.SELF.fetch("http://self/", { method: "POST", body, duplex: "half" });
		return new Response(answer.body);
	},
};
