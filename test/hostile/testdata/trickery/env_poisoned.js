// expect: 200 "1"
// next: 200 "1"
// next: 200 "2"
// next: 200 "3"
export default {
	fetch(request, env) {
		env.calls = (env.calls ?? 0) + 1;
		Object.defineProperty(env, "TEXT", { get() { throw new Error("TEXT was read"); }, configurable: true });
		return new Response(String(env.calls));
	},
};
