// expect: 200 cut
// expect: 200 "aaaa"
// expect: 200 ""
// expect: 500 "TypeError"
export default {
	fetch() {
		return new Response(new ReadableStream({
			start(c) {
				const chunk = new Uint8Array(4).fill(97);
				c.enqueue(chunk);
				structuredClone(chunk.buffer, { transfer: [chunk.buffer] });
				c.close();
			},
		}));
	},
};
