// expect: 500 "Evil"
// log: Evil
export default {
	fetch() {
		const e = new Error("line\nbreak\u0000\u001b[31m");
		e.name = "Evil\r\n\r\nname";
		throw e;
	},
};
