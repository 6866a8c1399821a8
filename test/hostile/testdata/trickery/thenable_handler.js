// expect: 200 "thenable"
export default { fetch: () => ({ then(resolve) { resolve(new Response("thenable")); resolve(null); throw 1; } }) };
