// expect: 503 "Worker exceeded CPU time limit."
// expect: 503 "Worker exceeded memory limit."
export default {
	async fetch(request, env, ctx) {
		const target = new EventTarget();
		const add = () => target.addEventListener("x", () => add());
		add();
		for (;;) target.dispatchEvent(new Event("x"));
	},
};
