// expect: 503 "Worker exceeded CPU time limit." "limits.cpu_ms"
// log: Worker exceeded CPU time limit.
export default {
	async fetch(request, env, ctx) {
		const target = new EventTarget();
		for (let i = 0; i < 1e4; i++) target.addEventListener("x", () => i);
		for (;;) target.dispatchEvent(new Event("x"));
	},
};
