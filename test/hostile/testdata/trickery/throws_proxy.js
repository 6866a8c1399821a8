// expect: 500 "Error"
// log: Error
export default {
	fetch() {
		throw new Proxy(new Error("inside"), {
			get() {
				throw new Error("trap");
			},
			getPrototypeOf() {
				throw new Error("trap");
			},
			getOwnPropertyDescriptor() {
				throw new Error("trap");
			},
		});
	},
};
