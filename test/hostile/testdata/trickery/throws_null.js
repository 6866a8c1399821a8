// expect: 500 "null"
// log: null
export default {
	fetch() {
		throw null;
	},
};
