// expect: 200 "/b true"
Object.freeze(globalThis);

export default { fetch: () => new Response(`${new URL("http://a/b").pathname} ${Object.isFrozen(globalThis)}`) };
