// expect: 200 "EvalError EvalError EvalError EvalError EvalError TypeError"
export default {
	async fetch() {
		try {
			const name = (f) => {
				try {
					return String(f());
				} catch (e) {
					return e.name;
				}
			};
			return new Response([
				name(() => eval("1")),
				name(() => (0, eval)("1")),
				name(() => new Function("return 1")()),
				name(() => (async () => {}).constructor("return 1")),
				name(() => Object.getPrototypeOf(function* () {}).constructor("yield 1")),
				name(() => { setTimeout("1", 0); return "no error"; }),
			].join(" "));
			return new Response("no error");
		} catch (e) {
			return new Response(`${e.name}: ${e.message}`);
		}
	},
};
