// expect: 503 "Worker exceeded CPU time limit." "limits.cpu_ms"
// log: Worker exceeded CPU time limit.
export default {
	async fetch() {
		const x = BigInt("0x" + "f".repeat(5e5));
		const y = BigInt("0x" + "e".repeat(2.5e5));
		for (;;) x / y;
	},
};
