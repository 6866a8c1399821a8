// expect: 200 "no error"
export default {
	async fetch() {
		try {
			const t = {
				get then() {
					return Promise.resolve(t);
				},
			};
			Promise.resolve(t);
			return new Response("no error");
		} catch (e) {
			return new Response(`${e.name}: ${e.message}`);
		}
	},
};
