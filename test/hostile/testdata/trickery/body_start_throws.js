// expect: 500 "Error: start"
// log: Error: start
export default { fetch: () => new Response(new ReadableStream({ start() { throw new Error("start"); } })) };
