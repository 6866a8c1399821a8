// expect: 503 "Worker exceeded CPU time limit." "limits.cpu_ms"
// log: Worker exceeded CPU time limit.
// expect: 500 "RangeError"
export default {
	async fetch() {
		const b = new Uint8Array(1e6).fill(0x81);
		for (;;) new TextDecoder("shift_jis").decode(b);
	},
};
