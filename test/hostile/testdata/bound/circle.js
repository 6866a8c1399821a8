// bind: OTHER bound-circle-back
// expect: 500 "Subrequest depth limit exceeded"
export default { fetch: (request, env) => env.OTHER.fetch(request) };
