// expect: fault "Worker exceeded CPU time limit."
while (true) await null;

export default { fetch: () => new Response("ok") };
