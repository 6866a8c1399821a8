// expect: 200 "no error"
// limits: cpu_ms=2000
export default {
	async fetch() {
		try {
			const a = {
				get name() {
					crypto.subtle.digest(a, new Uint8Array(1)).catch(() => {});
					return "SHA-256";
				},
			};
			await crypto.subtle.digest(a, new Uint8Array(1));
			return new Response("no error");
		} catch (e) {
			return new Response(`${e.name}: ${e.message}`);
		}
	},
};
