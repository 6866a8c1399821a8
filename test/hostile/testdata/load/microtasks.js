// expect: fault "Worker exceeded CPU time limit."
const again = () => Promise.resolve().then(again);
again();

export default { fetch: () => new Response("ok") };
