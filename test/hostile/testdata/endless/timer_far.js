// slow: wall time
// expect: 503 "Worker exceeded wall time limit"
// log: Worker exceeded wall time limit
export default {
	async fetch() {
		await new Promise((resolve) => setTimeout(resolve, 1e9));
		return new Response("late");
	},
};
