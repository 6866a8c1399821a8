// expect: 200 "right"
const next = Object.getPrototypeOf([][Symbol.iterator]());
const before = next.next;
const bytes = new Uint8Array([104, 105]);

export default {
	async fetch() {
		next.next = () => {
			throw new Error("next was called");
		};
		const p = new URLSearchParams("a=1&b=2");
		const r = await new Response(new Response(bytes).body).text();
		next.next = before;
		return new Response(r === "hi" && p.get("b") === "2" ? "right" : r);
	},
};
