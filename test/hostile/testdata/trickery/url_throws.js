// expect: 200 "SyntaxError: mine"
export default {
	async fetch() {
		try {
			new URL({ toString() { throw new SyntaxError("mine"); } });
			return new Response("no error");
		} catch (e) {
			return new Response(`${e.name}: ${e.message}`);
		}
	},
};
