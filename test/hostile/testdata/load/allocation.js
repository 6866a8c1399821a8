// expect: fault "Invalid string length"
const s = "x".repeat(2 ** 40);

export default { fetch: () => new Response("ok") };
