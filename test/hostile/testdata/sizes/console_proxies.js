// expect: 503 "Worker exceeded CPU time limit."
// expect: 503 "Worker exceeded memory limit."
// expect: 200 "logged"
// limits: cpu_ms=2000
export default {
	async fetch(request, env, ctx) {
		const keys = Array.from({ length: 1e5 }, (_, i) => `k${i}`);
		const p = new Proxy({}, {
			ownKeys: () => keys,
			getOwnPropertyDescriptor: () => ({ value: p, enumerable: true, configurable: true }),
			get: () => p,
		});
		console.log(p, [p], { p });
		console.table?.(p);
		console.dir(p, { depth: Infinity });
		return new Response("logged");
	},
};
