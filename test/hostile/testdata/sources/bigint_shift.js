// expect: 200 "ok"
// expect: fault ""
const x = () => 1n << (1n << 40n);

export default { fetch: () => new Response("ok") };
