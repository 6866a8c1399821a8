// expect: 200 cut
// expect: 500 "TypeError"
// log: TypeError
export default { fetch: () => new Response(new ReadableStream({ start(c) { c.enqueue({ length: 3, 0: 1 }); c.close(); } })) };
