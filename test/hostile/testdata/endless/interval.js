// slow: wall time
// expect: 503 "Worker exceeded wall time limit"
// expect: 503 "Worker exceeded CPU time limit."
// log: time limit
export default {
	async fetch() {
		setInterval(() => {}, 1);
		await new Promise(() => {});
	},
};
