// expect: 200 cut
// log: Error: broken
export default {
	fetch() {
		let n = 0;
		return new Response(new ReadableStream({
			async pull(c) {
				await new Promise((resolve) => setTimeout(resolve, 5));
				if (n++ === 2) throw new Error("broken");
				c.enqueue(new Uint8Array(10));
			},
		}));
	},
};
