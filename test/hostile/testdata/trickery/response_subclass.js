// expect: 200 "sub"
// header: x-a: b
class Evil extends Response {
	get status() {
		return 599;
	}
	get headers() {
		throw new Error("headers was read");
	}
	get body() {
		throw new Error("body was read");
	}
	text() {
		throw new Error("text was called");
	}
}

export default { fetch: () => new Evil("sub", { headers: { "x-a": "b" } }) };
