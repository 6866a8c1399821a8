// expect: fault ""
const x = "x".repeat(2 ** 40) + "y";

export default { fetch: () => new Response("ok") };
