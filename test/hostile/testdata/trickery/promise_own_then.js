// expect: 200 "own"
// A promise is followed by what it is, not by its then, unless it is resolved with.
export default {
	fetch() {
		const p = Promise.resolve(new Response("own"));
		p.then = () => {
			throw new Error("then was called");
		};
		return p;
	},
};
