export default {
  async fetch(request) {
    if (request.url.endsWith("/teapot")) {
      return Response.json({ title: "short and stout", gone: undefined }, {
        status: 418,
        headers: new Headers([["content-type", "application/problem+json"], ["x-extra", "1"]]),
      });
    }
    return Response.json({
      hello: "world",
      nested: { list: [1, 2.5, null, true], date: new Date(Date.UTC(2026, 0, 2, 3, 4, 5)) },
    });
  },
};
