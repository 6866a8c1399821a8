// expect: 200 "2"
let ran = 0;

export default {
	fetch() {
		ran = 0;
		const t = new EventTarget();
		t.addEventListener("x", { get handleEvent() { throw new Error("handleEvent"); } });
		t.addEventListener("x", { handleEvent: 1 });
		t.addEventListener("x", () => { ran++; throw { get stack() { throw 1; } }; });
		t.addEventListener("x", new Proxy(() => { ran++; }, { get() { throw new Error("trap"); } }));
		t.dispatchEvent(new Event("x"));
		return new Response(String(ran));
	},
};
