// expect: 200 "first"
addEventListener("fetch", (event) => {
	event.respondWith({ then(resolve) { resolve(new Response("first")); resolve(new Response("second")); throw 1; } });
	try {
		event.respondWith(new Response("third"));
	} catch {}
	event.stopImmediatePropagation();
});
addEventListener("fetch", () => {
	throw new Error("never");
});
