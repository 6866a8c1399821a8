// expect: 500 "Error: Object.prototype.value was set"
// The engine sets "value" and "done" of an iterator's result, instead of defining them as it should: who has a setter for these on
// Object.prototype has it called, and harms himself.
async function work() {
	const url = new URL("../b c?x=1&y=%41#z", "http://example.org:8080/a/b/");
	const headers = new Headers({ "X-B": " two ", "x-a": "one" });
	headers.append("x-b", "three");
	const params = new URLSearchParams("b=2&a=1&a=3");
	params.sort();
	const response = new Response('{"n":[1,2,{"k":"v"}]}', { status: 201, headers });
	const request = new Request(url, { method: "post", body: new TextEncoder().encode("bytes"), headers });
	const copy = response.clone();
	const json = await response.json();
	const sum = new Uint8Array(await crypto.subtle.digest("SHA-1", new TextEncoder().encode("abc")));
	const form = new FormData();
	form.append("f", new Blob(["in", "side"]), "name.txt");
	const formText = await new Response(form).formData();
	const file = await formText.get("f").text();
	const clone = structuredClone({ d: [1n, null], e: undefined });
	return [
		url.href, headers.get("x-b"), params.toString(), response.status, copy.headers.get("x-a"), json.n[2].k, json.n.length,
		request.method, await request.text(), await copy.text(), sum[0], sum.length, file, atob(btoa("hi")), clone.d[0] + 1n, "e" in clone,
	];
}
const expected = 'http://example.org:8080/a/b%20c?x=1&y=%41#z|two, three|a=1&a=3&b=2|201|one|v|3|POST|bytes|{"n":[1,2,{"k":"v"}]}|169|20|inside|hi|2|true';

function joined(parts) {
	let s = "";
	for (let i = 0; i < parts.length; i++) s += (i ? "|" : "") + `${parts[i]}`;
	return s;
}

function pollute() {
	for (const name of ["0", "1", "2", "value", "done", "name", "type", "headers", "body", "url", "status", "n", "k", "d", "e", "state", "key", "size"]) {
		Object.defineProperty(Object.prototype, name, {
			__proto__: null,
			configurable: true,
			set() {
				throw new Error(`Object.prototype.${name} was set`);
			},
		});
	}
}

export default {
	async fetch() {
		pollute();
		const got = joined(await work());
		return new Response(got === expected ? "right" : got);
	},
};
