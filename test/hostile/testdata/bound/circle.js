// bind: OTHER bound-circle-back
// expect: 503 "32"
// expect: 503 "depth"
export default { fetch: (request, env) => env.OTHER.fetch(request) };
