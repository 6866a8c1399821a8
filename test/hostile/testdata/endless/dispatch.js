// expect: 503 "Worker exceeded CPU time limit." "limits.cpu_ms"
// log: Worker exceeded CPU time limit.
export default {
	async fetch() {
		const t = new EventTarget();
		t.addEventListener("x", () => t.dispatchEvent(new Event("y")));
		t.addEventListener("y", () => {
			for (;;);
		});
		t.dispatchEvent(new Event("x"));
		return new Response("late");
	},
};
