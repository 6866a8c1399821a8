// expect: 200 "RangeError: Maximum call stack size exceeded"
export default {
	async fetch() {
		try {
			// Long, but nothing recurs. A getter at its end could: so that many are refused.
			let o = {};
			for (let i = 0; i < 3000; i++) o = { __proto__: o };
			return new Response(String(o.x));
		} catch (e) {
			return new Response(`${e.name}: ${e.message}`);
		}
	},
};
