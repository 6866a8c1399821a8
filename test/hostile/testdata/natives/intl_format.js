// expect: 503 "Worker exceeded CPU time limit."
// expect: 500 "RangeError"
export default {
	async fetch(request, env, ctx) {
		for (;;) new Intl.NumberFormat("de-DE", { minimumFractionDigits: 20 }).format(1e308) + new Intl.DateTimeFormat("en", { dateStyle: "full" }).format(8.64e15);
	},
};
