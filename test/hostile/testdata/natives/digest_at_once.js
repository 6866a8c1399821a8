// expect: 503 "Worker exceeded"
// log: Worker exceeded
export default {
	async fetch() {
		const b = new Uint8Array(1e7);
		const all = [];
		for (;;) all.push(crypto.subtle.digest("SHA-512", b));
	},
};
