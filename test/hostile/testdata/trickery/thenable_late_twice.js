// expect: 200 "1"
export default {
	async fetch() {
		const x = await { then(resolve, reject) { setTimeout(() => { resolve(1); reject(2); }); setTimeout(() => resolve(3), 5); } };
		return new Response(String(x));
	},
};
