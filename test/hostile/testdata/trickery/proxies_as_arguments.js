// expect: 200 "[object Object] 2 k=v TypeError TypeError 7 TypeError TypeError TypeError"
export default {
	async fetch() {
		const name = (f) => {
			try {
				return f();
			} catch (e) {
				return e.name;
			}
		};
		const proxy = (o) => new Proxy(o, {});
		const got = [
			await new Response(proxy({})).text(),
			new Headers(proxy({ b: "2" })).get("b"),
			new URLSearchParams(proxy({ k: "v" })).toString(),
			name(() => new TextDecoder().decode(proxy(new Uint8Array(1)))),
			name(() => new Request(proxy(new URL("http://p/q"))).url),
			name(() => new Blob(proxy(["seven", "77"])).size),
			await Response.prototype.text.call(proxy(new Response(""))).catch((e) => e.name),
			name(() => Object.getOwnPropertyDescriptor(Response.prototype, "status").get.call(proxy(new Response("")))),
			name(() => new Headers(proxy([["a"]]))),
		];
		return new Response(got.join(" "));
	},
};
