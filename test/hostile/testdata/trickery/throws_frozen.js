// expect: 500 "Error: frozen"
// log: Error: frozen
export default {
	fetch() {
		throw Object.freeze(new Error("frozen"));
	},
};
