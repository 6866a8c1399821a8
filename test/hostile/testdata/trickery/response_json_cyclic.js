// expect: 500 "TypeError: Converting circular structure to JSON"
// log: Converting circular structure to JSON
export default {
	async fetch(request, env, ctx) {
		const o = {};
		o.o = [o];
		return Response.json(o);
	},
};
