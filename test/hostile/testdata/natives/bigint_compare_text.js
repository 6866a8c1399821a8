// expect: 200 "false,true,true,false"
export default {
	async fetch(request, env, ctx) {
		const long = "9".repeat(4e6);
		return new Response([1n == long, 1n < long, `-${long}` < 1n, { valueOf: () => 1n } >= long].join());
	},
};
