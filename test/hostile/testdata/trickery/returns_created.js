// expect: 500 "TypeError: Incorrect type for Promise: the Promise did not resolve to 'Response'."
// log: did not resolve to
export default {
	async fetch() {
		return Object.create(Response.prototype);
	},
};
