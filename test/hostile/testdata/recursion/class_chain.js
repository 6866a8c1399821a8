// expect: 200 "RangeError: Maximum call stack size exceeded"
// expect: 503 "Worker exceeded CPU time limit."
// limits: cpu_ms=2000
export default {
	async fetch() {
		try {
			let C = class {
				static get x() {
					return C.x;
				}
			};
			for (let i = 0; i < 2e4; i++) C = class extends C {};
			C.x;
			return new Response("no error");
		} catch (e) {
			return new Response(`${e.name}: ${e.message}`);
		}
	},
};
