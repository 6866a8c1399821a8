// expect: 500 "TypeError"
// log: TypeError
export default {
	async fetch() {
		let resolve;
		const p = new Promise((r) => { resolve = r; });
		resolve(p);
		await p;
	},
};
