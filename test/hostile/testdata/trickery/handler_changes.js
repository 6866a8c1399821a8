// expect: 200 "first"
// The handler is taken once.
const handlers = {
	fetch() {
		handlers.fetch = () => {
			throw new Error("another handler was called");
		};
		return new Response("first");
	},
};

export default handlers;
