// expect: 200 "{\"a\":\"polluted\"} right"
// Response.json uses its own stringify, which asks for toJSON as ever.
const stringify = JSON.stringify;
JSON.stringify = () => {
	throw new Error("JSON.stringify was called");
};
Array.prototype.toJSON = () => "polluted";

export default {
	async fetch() {
		const text = await Response.json({ a: [1] }).text();
		return new Response(`${text} right`);
	},
};
