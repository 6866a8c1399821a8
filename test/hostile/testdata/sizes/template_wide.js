// expect: 503 "Worker exceeded memory limit."
// expect: 200 "RangeError: Invalid string length"
// limits: cpu_ms=10000
export default {
	async fetch() {
		try {
			let s = "é".repeat(1000);
			for (;;) s = `${s}<${s}>`;
			return new Response("no error");
		} catch (e) {
			return new Response(`${e.name}: ${e.message}`);
		}
	},
};
