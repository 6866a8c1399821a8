// expect: 500 "Error: deep"
// log: Error: deep
export default {
	fetch() {
		Error.stackTraceLimit = Infinity;
		const f = (n) => {
			if (n > 0) return f(n - 1) + 1;
			throw new Error("deep");
		};
		f(5000);
	},
};
