// bind: SELF bound-self
// expect: 500 "Subrequest depth limit exceeded"
export default { fetch: (request, env) => env.SELF.fetch(request) };
