// expect: 503 "Worker exceeded CPU time limit." "limits.cpu_ms"
// log: Worker exceeded CPU time limit.
export default {
	async fetch() {
		const h = new Headers({ a: "1" });
		let i = 0;
		for (const [k] of h) h.append(`a${i++}`, "1");
		return new Response("late");
	},
};
