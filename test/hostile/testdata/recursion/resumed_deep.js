// expect: 200 "done 5000"
export default {
	async fetch() {
		try {
			// Recursion that V8 allows.
			const sum = (n) => (n === 0 ? 0 : 1 + sum(n - 1));
			return new Response(`done ${sum(5000)}`);
			return new Response("no error");
		} catch (e) {
			return new Response(`${e.name}: ${e.message}`);
		}
	},
};
