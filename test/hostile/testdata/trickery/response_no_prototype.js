// expect: 200 "bare"
export default { fetch: () => Object.setPrototypeOf(new Response("bare"), null) };
