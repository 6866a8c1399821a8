// expect: 200 "ok"
export default {
	async fetch() {
		try {
			// Each signal is aborted by the listener of the one before.
			let first = new AbortController();
			let c = first;
			for (let i = 0; i < 2e4; i++) {
				const next = new AbortController();
				c.signal.onabort = () => next.abort();
				c = next;
			}
			first.abort();
			return new Response("ok");
			return new Response("no error");
		} catch (e) {
			return new Response(`${e.name}: ${e.message}`);
		}
	},
};
