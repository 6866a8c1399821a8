// expect: 200 "404 200"
// A dictionary's members are inherited, as in browsers; where there is no dictionary there are none.
Object.prototype.status = 404;

export default {
	fetch() {
		const got = `${new Response("x", {}).status} ${new Response("x").status}`;
		return new Response(got, { status: 200 });
	},
};
