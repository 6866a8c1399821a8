// bind: OTHER bound-circle
// expect: 500 "Subrequest depth limit exceeded"
export default { fetch: (request, env) => env.OTHER.fetch(request) };
