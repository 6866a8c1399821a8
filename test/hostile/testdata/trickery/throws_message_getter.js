// expect: 500 "Error"
// log: Error
export default {
	fetch() {
		throw Object.defineProperty(new Error("mine"), "message", { get() { throw new Error("message"); } });
	},
};
