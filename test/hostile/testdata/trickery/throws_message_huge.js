// expect: 500 "Error: xxx"
// log: Error: xxx
export default {
	fetch() {
		throw new Error("x".repeat(1e7));
	},
};
