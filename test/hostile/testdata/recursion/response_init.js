// expect: 200 "RangeError: Maximum call stack size exceeded"
export default {
	async fetch() {
		try {
			const init = {
				get status() {
					return new Response("", init).status;
				},
			};
			new Response("", init);
			return new Response("no error");
		} catch (e) {
			return new Response(`${e.name}: ${e.message}`);
		}
	},
};
