// expect: 500 "Error: mine"
// log: Error: mine
export default {
	fetch() {
		Error.prepareStackTrace = () => {
			throw new Error("prepared");
		};
		Error.stackTraceLimit = { valueOf() { throw new Error("limit"); } };
		const e = new Error("mine");
		throw e;
	},
};
