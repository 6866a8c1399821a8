// expect: 200 "kept"
// next: 500 "TypeError"
let kept;

export default {
	fetch() {
		kept ??= new Response(new ReadableStream({ start(c) { c.enqueue(new TextEncoder().encode("kept")); c.close(); } }));
		return kept;
	},
};
