// expect: fault "Worker exceeded memory limit."
// limits: cpu_ms=10000
const all = [];
for (;;) all.push(Array(5e4).fill(all));

export default { fetch: () => new Response("ok") };
