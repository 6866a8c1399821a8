// expect: 500 "hung and would never generate a response"
// log: hung and would never generate a response
let lock = Promise.resolve();

export default {
	async fetch() {
		const before = lock;
		let open;
		lock = new Promise((resolve) => { open = resolve; });
		await before;
		await new Promise(() => {});
		open();
	},
};
