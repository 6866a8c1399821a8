// expect: 200 "1"
export default {
	async fetch() {
		const x = await { then(resolve, reject) { resolve(1); resolve(2); reject(3); throw 4; } };
		return new Response(String(x));
	},
};
