// expect: 200 "RangeError: Invalid string length"
// expect: 503 "Worker exceeded"
// limits: cpu_ms=5000
export default {
	async fetch() {
		try {
			let a = [1];
			for (let i = 0; i < 40; i++) a = [a, a];
			JSON.stringify(a);
			return new Response("no error");
		} catch (e) {
			return new Response(`${e.name}: ${e.message}`);
		}
	},
};
