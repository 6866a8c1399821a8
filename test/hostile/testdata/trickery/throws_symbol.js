// expect: 500 "Symbol(sign)"
// log: Symbol(sign)
export default {
	fetch() {
		throw Symbol("sign");
	},
};
