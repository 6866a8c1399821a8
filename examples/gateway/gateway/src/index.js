// Asks the auth Worker about each request, and passes on those that it lets through.
export default {
  async fetch(request, env) {
    // A body can be read once, so auth gets a copy of the request.
    const verdict = await env.auth.fetch(request.clone());
    if (verdict.status !== 200) return verdict;
    return env.application.fetch(request);
  },
};
