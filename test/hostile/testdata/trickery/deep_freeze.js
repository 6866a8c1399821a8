// expect: 200 "right"
// limits: cpu_ms=3000
// All that can be reached is frozen.
const seen = new Set();
function freeze(o) {
	if ((typeof o !== "object" && typeof o !== "function") || o === null || seen.has(o)) return;
	seen.add(o);
	for (const key of Reflect.ownKeys(o)) {
		const d = Reflect.getOwnPropertyDescriptor(o, key);
		freeze(d.value);
		freeze(d.get);
		freeze(d.set);
	}
	freeze(Object.getPrototypeOf(o));
	if (o !== globalThis) Object.freeze(o);
}
freeze(globalThis);

export default {
	async fetch() {
		const url = new URL("http://a/b?c");
		const got = url.pathname + (await new Response("text", { headers: { a: "b" } }).text()) + [3, 1, 2].sort();
		return new Response(got === "/btext1,2,3" ? "right" : got);
	},
};
