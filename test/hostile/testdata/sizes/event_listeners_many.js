// expect: 503 "Worker exceeded CPU time limit."
// expect: 503 "Worker exceeded memory limit."
// limits: cpu_ms=3000
export default {
	async fetch(request, env, ctx) {
		const target = new EventTarget();
		for (;;) target.addEventListener("x", () => {}, { signal: new AbortController().signal });
	},
};
