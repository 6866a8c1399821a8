// expect: 200 "RangeError: Maximum call stack size exceeded"
// expect: 200 "no error"
// limits: cpu_ms=2000
export default {
	async fetch() {
		try {
			let f = () => 1;
			for (let i = 0; i < 1e5; i++) f = f.bind(null);
			f();
			return new Response("no error");
		} catch (e) {
			return new Response(`${e.name}: ${e.message}`);
		}
	},
};
