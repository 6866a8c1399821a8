// expect: 200 "sent"
// header: x-a: b
const r = new Response("sent", { headers: { "x-a": "b" } });
for (const name of Object.getOwnPropertyNames(Response.prototype)) {
	if (name === "constructor") continue;
	Object.defineProperty(Response.prototype, name, {
		get() {
			throw new Error(`${name} was read`);
		},
	});
}
const clone = () => new Response("sent", { headers: { "x-a": "b" } });

export default { fetch: clone };
