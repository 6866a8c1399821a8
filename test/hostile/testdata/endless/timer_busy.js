// expect: 503 "Worker exceeded CPU time limit." "limits.cpu_ms"
// log: Worker exceeded CPU time limit.
export default {
	async fetch() {
		setTimeout(() => {
			for (;;);
		}, 0);
		await new Promise((resolve) => setTimeout(resolve, 1000));
		return new Response("late");
	},
};
