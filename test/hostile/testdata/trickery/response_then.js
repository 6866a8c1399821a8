// expect: 200 "then"
export default {
	async fetch() {
		const r = new Response("x");
		r.then = (resolve) => resolve(new Response("then"));
		return r;
	},
};
