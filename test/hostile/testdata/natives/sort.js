// expect: 503 "Worker exceeded CPU time limit." "limits.cpu_ms"
// log: Worker exceeded CPU time limit.
export default {
	async fetch() {
		const a = "x,".repeat(1e5).split(",").map((x, i) => x + ((i * 7919) % 100003));
		for (;;) a.toSorted();
	},
};
