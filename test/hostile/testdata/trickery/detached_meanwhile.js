// expect: 200 "0"
// expect: 200 "TypeError"
export default {
	async fetch() {
		const bytes = new Uint8Array(8);
		try {
			const r = new Response(bytes, {
				get status() {
					structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
					return 200;
				},
			});
			return new Response(String((await r.arrayBuffer()).byteLength));
		} catch (e) {
			return new Response(e.name);
		}
	},
};
