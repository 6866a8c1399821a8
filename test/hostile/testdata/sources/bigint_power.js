// expect: 200 "ok"
// expect: fault ""
// An expression that a compiler may work out.
const x = () => 2n ** (2n ** 40n);

export default { fetch: () => new Response("ok") };
