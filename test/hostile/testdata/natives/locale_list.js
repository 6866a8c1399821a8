// expect: 503 "Worker exceeded CPU time limit."
// expect: 500 "RangeError"
export default {
	async fetch(request, env, ctx) {
		(1).toLocaleString(Array(1e6).fill("de"));
		for (;;) new Intl.NumberFormat(Array(1e5).fill("en-US"));
	},
};
