// expect: 503 "Worker exceeded CPU time limit." "limits.cpu_ms"
// log: Worker exceeded CPU time limit.
export default {
	async fetch() {
		for (;;) (123456789.123).toLocaleString("en-US", { maximumFractionDigits: 20 });
	},
};
