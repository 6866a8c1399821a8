// The bytes of a chunk after it was given away.
// expect: 200 #4
export default {
	fetch() {
		const chunk = new Uint8Array(4).fill(97);
		setTimeout(() => chunk.fill(98), 0);
		return new Response(new ReadableStream({ start(c) { c.enqueue(chunk); c.close(); } }));
	},
};
