// A value is logged without running script, or what runs counts.
// expect: 200 "ok"
// expect: 503 "Worker exceeded CPU time limit."
export default {
	async fetch() {
		console.log({
			get x() {
				for (;;);
			},
			toString() {
				for (;;);
			},
			[Symbol.toStringTag]: "x",
		});
		return new Response("ok");
	},
};
