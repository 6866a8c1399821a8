// expect: 500 "TypeError"
// log: TypeError
// A line break in a header would begin another one.
export default { fetch: () => new Response("x", { headers: { a: "b\r\nset-cookie: c=d" } }) };
