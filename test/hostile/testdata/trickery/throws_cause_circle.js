// expect: 500 "Error: circle"
// log: Error: circle
export default {
	fetch() {
		const e = new Error("circle");
		e.cause = e;
		console.log(e);
		throw e;
	},
};
