// expect: 500 "hung and would never generate a response"
// log: hung and would never generate a response
export default {
	async fetch() {
		const { readable, writable } = new TransformStream();
		await writable.getWriter().write("x").then(() => writable.close());
		return new Response(readable);
	},
};
