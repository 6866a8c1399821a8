// expect: 503 "Worker exceeded CPU time limit." "limits.cpu_ms"
// log: Worker exceeded CPU time limit.
export default {
	async fetch() {
		const h = new Headers();
		for (let i = 0; i < 5000; i++) h.append(`a${i}`, "x");
		for (;;) [...h];
	},
};
