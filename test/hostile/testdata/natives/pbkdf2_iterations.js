// expect: 200 "NotSupportedError"
export default {
	async fetch() {
		const key = await crypto.subtle.importKey("raw", new Uint8Array(16), "PBKDF2", false, ["deriveBits"]);
		const how = { name: "PBKDF2", hash: "SHA-512", salt: new Uint8Array(16), iterations: 4e9 };
		return new Response(await crypto.subtle.deriveBits(how, key, 512).catch((e) => e.name));
	},
};
