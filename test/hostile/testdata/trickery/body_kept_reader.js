// expect: 200 "TypeError"
export default {
	fetch() {
		const r = new Response("x");
		r.body.getReader();
		try {
			new Response(r.body);
		} catch (e) {
			return new Response(e.name);
		}
		return r;
	},
};
