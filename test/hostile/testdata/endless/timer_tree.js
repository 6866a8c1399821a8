// expect: 503 "Worker exceeded CPU time limit."
// expect: 503 "Worker exceeded memory limit."
// log: Worker exceeded
export default {
	async fetch() {
		const again = () => {
			setTimeout(again, 0);
			setTimeout(again, 0);
		};
		again();
		await new Promise(() => {});
	},
};
