// expect: 500 "Error"
// log: Error
export default {
	fetch() {
		throw Object.assign(new Error(), { message: { toString() { throw new Error("toString"); } }, name: Symbol("n"), stack: 1n });
	},
};
