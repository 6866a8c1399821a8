// expect: 503 "Worker exceeded CPU time limit." "limits.cpu_ms"
// log: Worker exceeded CPU time limit.
export default {
	async fetch() {
		const t = new EventTarget();
		for (let i = 0; i < 2e4; i++) t.addEventListener("x", Object.bind(null, i));
		for (;;) t.dispatchEvent(new Event("x"));
	},
};
