// expect: 503 "Worker exceeded CPU time limit." "limits.cpu_ms"
// log: Worker exceeded CPU time limit.
export default {
	async fetch() {
		outer: for (;;) {
			for (let i = 0; i < 10; i++) {
				if (i === 5) continue outer;
			}
		}
	},
};
