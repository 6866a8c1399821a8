// expect: 503 "Worker exceeded CPU time limit."
// expect: 503 "Worker exceeded memory limit."
// expect: 500 "RangeError"
export default {
	async fetch(request, env, ctx) {
		const keys = Array.from({ length: 2e5 }, (_, i) => `k${i}`);
		const p = new Proxy({}, { ownKeys: () => keys, getOwnPropertyDescriptor: () => ({ value: 1, enumerable: true, configurable: true }) });
		for (;;) Object.entries({ ...p });
	},
};
