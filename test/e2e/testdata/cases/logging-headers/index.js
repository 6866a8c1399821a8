export default {
  async fetch(request) {
    console.log(new Map(request.headers));
    console.log(`from entries: ${JSON.stringify(Object.fromEntries(request.headers))}`);
    console.log(JSON.stringify([...request.headers]));
    const h = request.headers;
    return new Response([h.get("X-PROBE"), h.get("x-two"), h.get("nope"), h.has("host")].join(" "));
  },
};
