// A body of which the other end is the Worker itself.
// bind: SELF bound-stream-loop
// expect: 500 "Subrequest depth limit exceeded"
export default {
	async fetch(request, env) {
		const body = new ReadableStream({ pull(c) { c.enqueue(new Uint8Array(10)); } });
		const answer = await env.SELF.fetch("http://self/", { method: "POST", body, duplex: "half" });
		return new Response(answer.body);
	},
};
