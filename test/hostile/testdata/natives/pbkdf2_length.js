// expect: 503 "Worker exceeded CPU time limit."
// expect: 503 "Worker exceeded memory limit."
// expect: 500 "RangeError"
// expect: 500 "OperationError"
// expect: 500 "Error"
export default {
	async fetch(request, env, ctx) {
		const key = await crypto.subtle.importKey("raw", new Uint8Array(16), "PBKDF2", false, ["deriveBits"]);
		await crypto.subtle.deriveBits({ name: "PBKDF2", hash: "SHA-1", salt: new Uint8Array(16), iterations: 1 }, key, 2 ** 31 - 8);
	},
};
