// expect: 200 "undefined,RangeError: Maximum call stack size exceeded"
// V8 finds nothing at the end of 3,000 prototypes. Nothing recurs here, but a getter at the end could look up again: goja looks up by recursion, and
// 10,000 such getters would take more stack than there is. So 1,000 are the most, and who makes more is told, where he can catch it.
export default {
	async fetch() {
		const long = (n) => {
			let o = {};
			for (let i = 0; i < n; i++) o = { __proto__: o };
			return o.x;
		};
		try {
			return new Response(`no error: ${long(900)}${long(3000)}`);
		} catch (e) {
			return new Response(`${long(900)},${e.name}: ${e.message}`);
		}
	},
};
