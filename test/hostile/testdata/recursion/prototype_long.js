// expect: 200 "undefined"
export default {
	async fetch() {
		try {
			// Long, but nothing recurs.
			let o = {};
			for (let i = 0; i < 3000; i++) o = { __proto__: o };
			return new Response(String(o.x));
			return new Response("no error");
		} catch (e) {
			return new Response(`${e.name}: ${e.message}`);
		}
	},
};
