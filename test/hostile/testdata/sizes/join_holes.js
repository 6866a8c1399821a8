// expect: 200 "RangeError: Invalid string length"
export default {
	async fetch() {
		try {
			Array(1e9).join("ab");
			return new Response("no error");
		} catch (e) {
			return new Response(`${e.name}: ${e.message}`);
		}
	},
};
