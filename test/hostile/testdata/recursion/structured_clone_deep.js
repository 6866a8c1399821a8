// expect: 200 "RangeError: Maximum call stack size exceeded"
export default {
	async fetch() {
		try {
			let o = {};
			for (let i = 0; i < 1e5; i++) o = { o };
			try {
				structuredClone(o);
			} catch (e) {
				return new Response(`${e.name}: ${e.message}`.slice(0, 44));
			}
			return new Response("no error");
		} catch (e) {
			return new Response(`${e.name}: ${e.message}`);
		}
	},
};
