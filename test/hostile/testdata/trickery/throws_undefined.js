// expect: 500 "undefined"
// log: undefined
export default {
	fetch() {
		throw undefined;
	},
};
