// expect: fault "Maximum call stack size exceeded"
const f = () => f();
f();

export default { fetch: () => new Response("ok") };
