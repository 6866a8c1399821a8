// expect: 200 cut
// log: Worker exceeded CPU time limit.
export default {
	async fetch() {
		let n = 0;
		return new Response(new ReadableStream({
			async pull(c) {
				if (n++ < 3) {
					await new Promise((resolve) => setTimeout(resolve, 5));
					c.enqueue(new Uint8Array(100));
					return;
				}
				for (;;);
			},
		}));
	},
};
