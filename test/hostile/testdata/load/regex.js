// expect: fault "Worker exceeded CPU time limit."
// expect: fault "Regular expression took too long"
const s = "a".repeat(50);
for (;;) /(?!z)(a*)*c/.test(s);

export default { fetch: () => new Response("ok") };
