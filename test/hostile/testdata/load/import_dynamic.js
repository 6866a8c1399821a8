// expect: 200 "ok"
// expect: fault ""
try {
	await import("./missing-" + Math.random());
} catch {}

export default { fetch: () => new Response("ok") };
