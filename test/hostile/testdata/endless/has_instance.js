// expect: 503 "Worker exceeded CPU time limit." "limits.cpu_ms"
// log: Worker exceeded CPU time limit.
export default {
	async fetch() {
		class C {
			static [Symbol.hasInstance]() {
				for (;;);
			}
		}
		return new Response({} instanceof C);
	},
};
