// expect: 503 "Worker exceeded CPU time limit."
// expect: 500 "RangeError"
// expect: 500 "TypeError"
export default {
	async fetch(request, env, ctx) {
		Reflect.ownKeys(new Proxy({}, { ownKeys: () => ({ length: 2 ** 53 - 1, 0: "a" }) }));
	},
};
