// expect: 200 "real"
// An event that script makes is no request.
addEventListener("fetch", (event) => event.respondWith?.(new Response("real")));
try {
	dispatchEvent(new Event("fetch"));
} catch {}
