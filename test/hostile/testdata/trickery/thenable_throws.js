// expect: 500 "TypeError: no"
// log: TypeError: no
export default {
	async fetch() {
		await { then() { throw new TypeError("no"); } };
	},
};
