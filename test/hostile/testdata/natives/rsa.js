// expect: 503 "Worker exceeded CPU time limit."
// expect: 500 "Error"
export default {
	async fetch() {
		for (;;) await crypto.subtle.generateKey({ name: "RSASSA-PKCS1-v1_5", modulusLength: 4096, publicExponent: new Uint8Array([1, 0, 1]), hash: "SHA-256" }, true, ["sign", "verify"]);
	},
};
