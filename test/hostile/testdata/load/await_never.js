// expect: fault "top-level await never settled"
await new Promise(() => {});

export default { fetch: () => new Response("ok") };
