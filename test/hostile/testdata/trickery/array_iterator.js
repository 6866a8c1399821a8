// expect: 200 "right"
// Only what says sequence in WebIDL asks for an iterator.
export default {
	async fetch() {
		const before = Array.prototype[Symbol.iterator];
		Array.prototype[Symbol.iterator] = () => {
			throw new Error("the iterator of arrays was asked for");
		};
		const url = new URL("http://a/?x=1&y=2");
		const headers = new Headers({ a: "1", b: "2" });
		let names = "";
		headers.forEach((v, k) => { names += k + v; });
		const text = await new Response(new URLSearchParams({ q: "r" })).text();
		let thrown = "";
		try {
			new Headers([["a", "1"]]);
		} catch (e) {
			thrown = e.message;
		}
		Array.prototype[Symbol.iterator] = before;
		const got = `${names} ${text} ${url.searchParams.get("y")} ${thrown}`;
		return new Response(got === "a1b2 q=r 2 the iterator of arrays was asked for" ? "right" : got);
	},
};
