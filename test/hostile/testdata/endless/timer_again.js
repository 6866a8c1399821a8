// slow: wall time
// expect: 503 "Worker exceeded wall time limit"
// expect: 503 "Worker exceeded CPU time limit."
// log: time limit
export default {
	async fetch() {
		const again = () => setTimeout(again, 0);
		again();
		await new Promise(() => {});
	},
};
