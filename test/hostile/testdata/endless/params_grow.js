// expect: 503 "Worker exceeded CPU time limit." "limits.cpu_ms"
// log: Worker exceeded CPU time limit.
export default {
	async fetch() {
		const p = new URLSearchParams("a=1");
		for (const [k, v] of p) {
			p.delete(k);
			p.append("b", v);
			p.append("c", v);
		}
		return new Response(p);
	},
};
