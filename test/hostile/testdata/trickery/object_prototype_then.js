// expect: 503 "Worker exceeded CPU time limit." "limits.cpu_ms"
// log: Worker exceeded CPU time limit.
// Everything is a thenable, as in browsers: nothing is ever fulfilled with an object.
Object.prototype.then = function (resolve) {
	resolve(this);
};

export default {
	async fetch() {
		return new Response("x");
	},
};
