// expect: fault "Worker exceeded CPU time limit."
class C {
	static {
		for (;;);
	}
}

export default { fetch: () => new Response("ok") };
