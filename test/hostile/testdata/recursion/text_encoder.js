// expect: 200 "RangeError: Maximum call stack size exceeded"
export default {
	async fetch() {
		try {
			const e = new TextEncoder();
			const v = { toString: () => String(e.encode(v)) };
			e.encode(v);
			return new Response("no error");
		} catch (e) {
			return new Response(`${e.name}: ${e.message}`);
		}
	},
};
