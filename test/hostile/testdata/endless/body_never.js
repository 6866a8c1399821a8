// Nothing can ever come.
// expect: 200 cut
// log: hung
export default {
	async fetch() {
		return new Response(new ReadableStream({}));
	},
};
