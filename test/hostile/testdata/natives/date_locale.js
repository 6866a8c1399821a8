// expect: 503 "Worker exceeded CPU time limit." "limits.cpu_ms"
// log: Worker exceeded CPU time limit.
export default {
	async fetch() {
		const d = new Date(0);
		for (;;) d.toLocaleString("de-DE", { dateStyle: "full", timeStyle: "full", timeZone: "Asia/Tokyo" });
	},
};
