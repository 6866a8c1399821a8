// expect: fault "Maximum BigInt size exceeded"
// expect: fault ""
const x = 2n ** (2n ** 40n);

export default { fetch: () => new Response("ok") };
