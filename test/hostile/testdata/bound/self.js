// bind: SELF bound-self
// expect: 503 "32"
// expect: 503 "depth"
export default { fetch: (request, env) => env.SELF.fetch(request) };
