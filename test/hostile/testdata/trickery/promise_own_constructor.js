// expect: 200 "own"
export default {
	async fetch() {
		const p = Promise.resolve("own");
		p.constructor = null;
		return new Response(await p);
	},
};
