// expect: 200 "true"
export default {
	async fetch() {
		try {
			let s = new AbortController();
			const first = s;
			let signal = s.signal;
			for (let i = 0; i < 1e4; i++) signal = AbortSignal.any([signal]);
			first.abort();
			return new Response(String(signal.aborted));
			return new Response("no error");
		} catch (e) {
			return new Response(`${e.name}: ${e.message}`);
		}
	},
};
