// expect: 500 "Error: mine"
// log: Error: mine
export default {
	fetch() {
		Error.prepareStackTrace = (e, sites) => {
			throw new Error(e.stack);
		};
		const e = new Error("mine");
		Error.captureStackTrace(e);
		throw e;
	},
};
