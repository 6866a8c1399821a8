// expect: 500 "TypeError: Response with null body status cannot have body"
// expect: 500 "TypeError"
export default { fetch: () => new Response("x", { status: 204 }) };
