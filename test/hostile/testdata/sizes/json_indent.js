// expect: 503 "Worker exceeded memory limit."
// log: Worker exceeded memory limit.
// limits: cpu_ms=10000
export default {
	async fetch() {
		try {
			let a = [];
			for (let i = 0; i < 2000; i++) a = [a, 1];
			const s = JSON.stringify(a, null, 10);
			const all = [];
			for (;;) all.push(s + all.length);
			return new Response("no error");
		} catch (e) {
			return new Response(`${e.name}: ${e.message}`);
		}
	},
};
