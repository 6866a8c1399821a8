// expect: 200 "applied"
export default { fetch: new Proxy(() => new Response("applied"), { get(target, key) { throw new Error(`${String(key)} was read`); } }) };
