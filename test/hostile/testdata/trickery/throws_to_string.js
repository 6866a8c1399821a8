// expect: 500 "Error"
// log: Error
export default {
	fetch() {
		throw { toString() { throw new Error("toString"); } };
	},
};
