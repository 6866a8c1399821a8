// expect: 200 "ok"
export default {
	fetch() {
		const { proxy, revoke } = Proxy.revocable({}, {});
		revoke();
		const circle = [];
		circle.push(circle, { circle });
		const hostile = [
			proxy, circle, Object.create(null), Symbol("s"), { get x() { throw new Error("x"); } }, { toString() { throw 1; }, [Symbol.toPrimitive]: 1 },
			new Proxy(function () {}, { get() { throw new Error("trap"); }, ownKeys() { throw new Error("trap"); } }),
			Object.defineProperty([], "length", { value: 2 ** 32 - 1 }), { get [Symbol.toStringTag]() { throw 1; } }, Object.create({ get constructor() { throw 1; } }),
			Object.assign(new Error("e"), { name: proxy, message: proxy }), new Date(NaN), new (class { static get name() { throw 1; } })(),
		];
		for (const level of ["log", "error", "dir", "table", "assert", "group", "timeEnd", "count", "trace"]) {
			for (const value of hostile) {
				try {
					console[level]?.(value);
					console[level]?.("%s %d %i %f %o %O %j %c", value, value, value, value, value, value, value);
				} catch {}
			}
		}
		console.groupEnd();
		return new Response("ok");
	},
};
