// expect: 503 "Worker exceeded CPU time limit." "limits.cpu_ms"
// log: Worker exceeded CPU time limit.
export default {
	async fetch() {
		for (;;) await new Blob([new Uint8Array(1e6)]).stream().pipeTo(new WritableStream());
	},
};
