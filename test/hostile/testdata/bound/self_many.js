// bind: SELF bound-self-many
// expect: 503 "Worker exceeded"
// expect: 503 "32"
// expect: 503 "ubrequest"
export default {
	async fetch(request, env) {
		const all = await Promise.all([env.SELF.fetch(request.url), env.SELF.fetch(request.url)]);
		return all[0];
	},
};
