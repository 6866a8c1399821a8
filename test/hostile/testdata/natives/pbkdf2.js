// expect: 503 "Worker exceeded CPU time limit." "limits.cpu_ms"
// log: Worker exceeded CPU time limit.
export default {
	async fetch() {
		const key = await crypto.subtle.importKey("raw", new Uint8Array(16), "PBKDF2", false, ["deriveBits"]);
		const how = { name: "PBKDF2", hash: "SHA-512", salt: new Uint8Array(16), iterations: 100000 };
		for (;;) await crypto.subtle.deriveBits(how, key, 512);
	},
};
