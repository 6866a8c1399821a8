// expect: 200 "a b"
export default {
	fetch() {
		const h = new Headers(JSON.parse('{"__proto__":"a","constructor":"b"}'));
		return new Response(`${h.get("__proto__")} ${h.get("constructor")}`);
	},
};
