// expect: 500 "Error"
// log: Error
export default {
	fetch() {
		throw Object.create(null);
	},
};
