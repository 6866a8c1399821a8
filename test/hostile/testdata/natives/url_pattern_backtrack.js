// expect: 503 "Worker exceeded CPU time limit." "limits.cpu_ms"
// log: Worker exceeded CPU time limit.
export default {
	async fetch() {
		const p = new URLPattern({ pathname: "/((?:a+)+)b" });
		const url = `http://x/${"a".repeat(2000)}`;
		for (;;) p.test(url);
	},
};
