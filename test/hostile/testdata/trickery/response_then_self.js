// expect: 503 "Worker exceeded CPU time limit." "limits.cpu_ms"
// log: Worker exceeded CPU time limit.
export default {
	async fetch() {
		const r = new Response("x");
		r.then = (resolve) => resolve(r);
		return r;
	},
};
