// expect: 503 "Worker exceeded CPU time limit."
// expect: 500 "NotSupportedError"
// limits: cpu_ms=1000
export default {
	async fetch(request, env, ctx) {
		const key = await crypto.subtle.importKey("raw", new Uint8Array(16), "PBKDF2", false, ["deriveBits"]);
		const how = { name: "PBKDF2", hash: "SHA-512", salt: new Uint8Array(16), iterations: 1e5 };
		const all = [];
		for (let i = 0; i < 1e4; i++) all.push(crypto.subtle.deriveBits(how, key, 512));
		await Promise.all(all);
	},
};
