// expect: 200 "1"
// What is registered in one Worker isn't seen in another, nor is a global.
const key = Symbol.for("shared");
globalThis[key] = (globalThis[key] ?? 0) + 1;

export default { fetch: () => new Response(String(globalThis[key])) };
