// expect: 500 "mine"
// log: mine
export default {
	fetch() {
		throw Object.defineProperty(new Error("mine"), "name", { get() { throw new Error("name"); } });
	},
};
