// expect: fault "Worker exceeded CPU time limit."
for (;;);

export default { fetch: () => new Response("ok") };
