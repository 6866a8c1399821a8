// expect: 200 "POST 1"
export default {
	async fetch() {
		let reads = 0;
		const init = {
			get method() {
				return reads++ ? "GET" : "POST";
			},
		};
		return new Response(`${new Request("http://a/", init).method} ${reads}`);
	},
};
