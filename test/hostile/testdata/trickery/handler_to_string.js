// expect: 200 "made"
const handler = () => new Response("made");
handler.toString = () => {
	throw new Error("toString was called");
};
Object.defineProperty(handler, "length", { get() { throw new Error("length was read"); } });

export default { fetch: handler };
