// expect: 503 "Worker exceeded CPU time limit." "limits.cpu_ms"
// log: Worker exceeded CPU time limit.
export default {
	async fetch() {
		const c = new AbortController();
		c.signal.onabort = () => {
			for (;;);
		};
		c.abort();
		return new Response("late");
	},
};
