// expect: 500 "Error: mine"
// log: Error: mine
export default {
	fetch() {
		throw Object.defineProperty(new Error("mine"), "stack", { get() { throw new Error("stack"); } });
	},
};
