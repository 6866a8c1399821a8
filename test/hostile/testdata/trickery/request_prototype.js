// expect: 200 "GET http://request-prototype.example/ 1"
const real = { method: Object.getOwnPropertyDescriptor(Request.prototype, "method").get, url: Object.getOwnPropertyDescriptor(Request.prototype, "url").get };
for (const name of ["method", "url", "headers", "body", "signal", "redirect"]) {
	Object.defineProperty(Request.prototype, name, {
		configurable: true,
		get() {
			throw new Error(`${name} was read`);
		},
	});
}

export default {
	async fetch(request) {
		// A Request made of another takes what is within it.
		const a = new Request("http://request-prototype.example/", { headers: { a: "1" } });
		const b = new Request(a);
		return new Response(`${real.method.call(b)} ${real.url.call(b)} ${new Request(b).clone() instanceof Request ? 1 : 0}`);
	},
};
