// expect: 200 "ok"
// expect: fault ""
// Nothing may be begun outside of a request; where it may, it harms nobody.
setInterval(() => {
	for (;;);
}, 1);

export default { fetch: () => new Response("ok") };
