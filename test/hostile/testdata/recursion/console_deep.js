// expect: 200 "ok"
// limits: cpu_ms=2000
export default {
	async fetch() {
		try {
			let o = {};
			for (let i = 0; i < 1e5; i++) o = { o };
			console.log(o);
			return new Response("ok");
			return new Response("no error");
		} catch (e) {
			return new Response(`${e.name}: ${e.message}`);
		}
	},
};
