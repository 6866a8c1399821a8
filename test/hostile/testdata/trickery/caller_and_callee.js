// expect: 200 "right"
export default {
	async fetch() {
		try {
			// No function shows who called it.
			function f() {
				const got = [];
				for (const g of [f, Response, Headers.prototype.get]) {
					try {
						if (g.caller) got.push("caller");
					} catch {}
					try {
						if (g.arguments) got.push("arguments");
					} catch {}
				}
				return got.join();
			}
			new Headers({ a: { toString: f } });
			return new Response(f() || "right");
			return new Response("no error");
		} catch (e) {
			return new Response(`${e.name}: ${e.message}`);
		}
	},
};
