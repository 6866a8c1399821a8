// expect: 500 "RangeError: Invalid array length"
// log: RangeError: Invalid array length
export default {
	async fetch() {
		for (;;) Array.from({ length: 1e9 });
	},
};
