// expect: 500 "RangeError: Maximum call stack size exceeded"
// log: RangeError: Maximum call stack size exceeded
export default {
	async fetch() {
		const f = () => f() + 1;
		return new Response(f());
	},
};
