// expect: 200 "0"
export default {
	async fetch() {
		try {
			// What a listener throws goes to the log, and the event goes on.
			const t = new EventTarget();
			let depth = 0;
			t.addEventListener("x", () => {
				depth++;
				t.dispatchEvent(new Event("x"));
			});
			t.dispatchEvent(new Event("x"));
			return new Response(String(depth === 0 ? 1 : 0));
			return new Response("no error");
		} catch (e) {
			return new Response(`${e.name}: ${e.message}`);
		}
	},
};
