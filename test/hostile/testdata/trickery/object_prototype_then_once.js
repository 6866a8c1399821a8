// expect: 200 "once"
export default {
	async fetch() {
		Object.prototype.then = function (resolve) {
			delete Object.prototype.then;
			resolve(new Response("once"));
		};
		return new Response("x");
	},
};
