// expect: 503 "Worker exceeded CPU time limit." "limits.cpu_ms"
// log: Worker exceeded CPU time limit.
// expect: 500 "TypeError"
export default {
	async fetch() {
		const path = "/:a".repeat(1000).replaceAll("a", () => "a" + Math.random().toString().slice(2));
		for (;;) new URLPattern({ pathname: path });
	},
};
