// expect: 500 "AggregateError: many"
// log: AggregateError: many
export default {
	fetch() {
		const e = new AggregateError([new Error("a")], "many");
		e.errors.push(e);
		console.error(e);
		throw e;
	},
};
