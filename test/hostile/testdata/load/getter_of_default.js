// expect: fault "Worker exceeded CPU time limit."
// expect: 503 "Worker exceeded CPU time limit."
export default {
	get fetch() {
		for (;;);
	},
};
