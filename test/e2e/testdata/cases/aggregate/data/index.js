export default {
  async fetch(request) {
    return Response.json({ name: new URL(request.url).pathname.slice(1) });
  },
};
