// A thrown value is described without running script, or what runs counts.
// expect: 503 "Worker exceeded CPU time limit."
// expect: 500 "Error"
export default {
	async fetch() {
		throw {
			get name() {
				for (;;);
			},
			get message() {
				for (;;);
			},
		};
	},
};
