// expect: 200 "right"
const { Response: R, URL: U, Headers: H } = globalThis;
for (const name of Object.getOwnPropertyNames(globalThis)) {
	try {
		delete globalThis[name];
	} catch {}
}

export default {
	async fetch(request) {
		const got = `${new U("http://a/b").pathname} ${new H({ a: "1" }).get("a")} ${await new R("text").text()} ${typeof Response} ${request.method}`;
		return new R(got === "/b 1 text undefined GET" ? "right" : got);
	},
};
