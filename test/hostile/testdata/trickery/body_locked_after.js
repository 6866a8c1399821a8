// expect: 500 "TypeError"
// log: TypeError
export default {
	fetch() {
		const r = new Response("x");
		r.body.getReader();
		return r;
	},
};
