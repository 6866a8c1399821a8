// expect: 500 "RangeError: Invalid array length"
export default {
	async fetch(request, env, ctx) {
		const f = ({ a, ...all }) => all;
		return new Response(String(f(new Uint8Array(2e7))));
	},
};
