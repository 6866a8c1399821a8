// expect: 200 "RangeError,RangeError,RangeError,RangeError,RangeError"
export default {
	async fetch(request, env, ctx) {
		const long = "9".repeat(4e6);
		const ways = [
			() => new BigInt64Array([long]),
			() => new BigUint64Array(1).fill(long),
			() => BigInt64Array.from([long]),
			() => new DataView(new ArrayBuffer(8)).setBigInt64(0, long),
			() => BigInt.asUintN(64, long),
		];
		return new Response(ways.map((way) => {
			try {
				return way();
			} catch (e) {
				return e.name;
			}
		}).join());
	},
};
