// limits: cpu_ms=3000
// bind: OTHER healthy
// expect: 503 "Worker exceeded memory limit."
// expect: 503 "ubrequest"
// expect: 503 "Worker exceeded CPU time limit."
// expect: 500 "ubrequest"
export default {
	async fetch(request, env) {
		const all = [];
		for (;;) all.push(env.OTHER.fetch("http://other/"));
	},
};
