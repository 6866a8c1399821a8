// expect: 503 "Worker exceeded CPU time limit."
// expect: 503 "Worker exceeded memory limit."
// expect: 500 "RangeError"
// expect: 500 "TypeError"
// limits: cpu_ms=2000
export default {
	async fetch(request, env, ctx) {
		const h = new Headers();
		for (let i = 0; ; i++) {
			h.append("set-cookie", `c${i}=${"v".repeat(1000)}`);
			h.getSetCookie();
		}
	},
};
