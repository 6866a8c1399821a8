// expect: 503 "Worker exceeded CPU time limit." "limits.cpu_ms"
// log: Worker exceeded CPU time limit.
export default {
	async fetch() {
		async function again() {
			try {
				await Promise.reject(new Error("no"));
			} catch {
				return again();
			}
		}
		await again();
	},
};
