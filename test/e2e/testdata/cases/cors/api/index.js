export default {
  async fetch(request) {
    return Response.json(
      { origin: request.headers.get("origin"), echo: await request.json() },
      { headers: { vary: "Accept-Encoding" } },
    );
  },
};
