// expect: 500 "12"
// log: 12
export default {
	fetch() {
		throw 12n;
	},
};
