// expect: 200 "ok"
let n = 0;

export default {
	get fetch() {
		return n++ > 3 ? null : () => new Response("ok");
	},
};
