// expect: 200 "TypeError"
export default {
	async fetch() {
		const p = Promise.resolve("own");
		p.constructor = null;
		try {
			return new Response(await p);
		} catch (e) {
			return new Response(e.name); // as the specification has it
		}
	},
};
