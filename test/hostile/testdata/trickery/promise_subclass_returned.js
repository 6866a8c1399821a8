// expect: 200 "sub"
class Evil extends Promise {}

export default { fetch: () => Evil.resolve(new Response("sub")) };
