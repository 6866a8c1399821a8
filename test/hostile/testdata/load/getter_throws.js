// expect: fault "hostile getter"
// expect: 500 "hostile getter"
export default {
	get fetch() {
		throw new Error("hostile getter");
	},
};
