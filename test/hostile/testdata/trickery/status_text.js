// expect: 500 "TypeError"
// expect: 200 "x"
export default { fetch: () => new Response("x", { statusText: "OK\r\nset-cookie: a=b\r\n\r\n" }) };
