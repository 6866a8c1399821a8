// expect: 200 "RangeError: mine"
export default {
	async fetch() {
		try {
			new Response("x", { get status() { throw new RangeError("mine"); } });
			return new Response("no error");
		} catch (e) {
			return new Response(`${e.name}: ${e.message}`);
		}
	},
};
