// expect: 200 "frozen"
export default { fetch: () => Object.freeze(new Response("frozen")) };
