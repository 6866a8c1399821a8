// slow: each of 10,000 calls has a limit of its own
// bind: SELF bound-self-many
// expect: 503 "Worker exceeded wall time limit"
// expect: 503 "Worker exceeded"
// expect: 500 "Subrequest depth limit exceeded"
// expect: 500 "Too many subrequests"
export default {
	async fetch(request, env) {
		const all = await Promise.all([env.SELF.fetch(request.url), env.SELF.fetch(request.url)]);
		return all[0];
	},
};
