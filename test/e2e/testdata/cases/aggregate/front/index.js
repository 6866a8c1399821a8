export default {
  async fetch(request, env) {
    if (request.url.endsWith("/out")) {
      try {
        const responses = await Promise.all([fetch("http://127.0.0.1:1/a"), fetch("http://127.0.0.1:1/b")]);
        return new Response(`reached ${responses.length}`);
      } catch (e) {
        return new Response(String(e));
      }
    }
    const responses = await Promise.all(["one", "two"].map((name) => env.DATA.fetch(`https://data/${name}`)));
    const results = await Promise.all(responses.map((r) => r.json()));
    return Response.json({ results });
  },
};
