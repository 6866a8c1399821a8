// expect: 503 "Worker exceeded CPU time limit."
// expect: 503 "Worker exceeded memory limit."
export default {
	async fetch(request, env, ctx) {
		const again = () => {
			setTimeout(again);
			setTimeout(again);
		};
		again();
		await new Promise(() => {});
	},
};
