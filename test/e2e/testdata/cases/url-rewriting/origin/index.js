export default {
  async fetch(request) {
    const body = request.body === null ? null : await request.text();
    return new Response(`${request.url} ${request.headers.get("x-rewritten")} ${request.method} ${body}`);
  },
};
