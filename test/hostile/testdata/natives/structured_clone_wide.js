// expect: 503 "Worker exceeded CPU time limit."
// expect: 503 "Worker exceeded memory limit."
// expect: 500 "RangeError"
// expect: 500 "Error"
export default {
	async fetch(request, env, ctx) {
		let o = { a: 1 };
		for (let i = 0; i < 40; i++) o = { a: structuredClone(o), b: structuredClone(o) };
		return new Response("done");
	},
};
