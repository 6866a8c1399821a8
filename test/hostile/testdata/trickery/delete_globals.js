// expect: 200 "right"
const global = globalThis; // whose name goes too
const { Response: R, URL: U, Headers: H } = global;
for (const name of Object.getOwnPropertyNames(global)) {
	try {
		delete global[name];
	} catch {}
}

export default {
	async fetch(request) {
		const got = `${new U("http://a/b").pathname} ${new H({ a: "1" }).get("a")} ${await new R("text").text()} ${typeof Response} ${request.method}`;
		return new R(got === "/b 1 text undefined GET" ? "right" : got);
	},
};
