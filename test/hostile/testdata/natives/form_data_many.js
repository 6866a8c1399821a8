// expect: 503 "Worker exceeded CPU time limit."
// expect: 503 "Worker exceeded memory limit."
// expect: 500 "RangeError"
export default {
	async fetch(request, env, ctx) {
		const form = new FormData();
		for (let i = 0; ; i++) form.append(`k${i}`, "v");
	},
};
