// Top-level code may take 1 s of CPU time, and has to be quick.
// expect: fault "Worker exceeded memory limit."
// expect: fault "Worker exceeded CPU time limit."
const all = [];
for (;;) all.push(Array(5e4).fill(all));

export default { fetch: () => new Response("ok") };
