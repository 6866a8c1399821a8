// expect: fault ""
throw { get name() { throw 1; }, get message() { throw 2; }, get stack() { throw 3; }, toString() { throw 4; } };

export default { fetch: () => new Response("ok") };
