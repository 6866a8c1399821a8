// expect: 500 "thrown"
// log: thrown
export default {
	fetch() {
		throw function thrown() {};
	},
};
