// expect: fault "own words"
throw new RangeError("own words");

export default { fetch: () => new Response("ok") };
