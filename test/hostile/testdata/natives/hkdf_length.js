// expect: 500 "OperationError"
// expect: 503 "Worker exceeded CPU time limit."
export default {
	async fetch(request, env, ctx) {
		const key = await crypto.subtle.importKey("raw", new Uint8Array(16), "HKDF", false, ["deriveBits"]);
		await crypto.subtle.deriveBits({ name: "HKDF", hash: "SHA-256", salt: new Uint8Array(1e7), info: new Uint8Array(16) }, key, 2 ** 31 - 8);
	},
};
