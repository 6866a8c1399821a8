export default {
  async fetch(request, env) {
    const url = new URL(request.url);
    url.protocol = "https:";
    url.host = "origin.example";
    url.port = "";
    url.pathname = url.pathname.replace(/^\/old\//, "/new/");
    url.searchParams.append("from", "old");
    const rewritten = new Request(url, request);
    rewritten.headers.set("x-rewritten", "rewritten");
    return env.ORIGIN.fetch(rewritten);
  },
};
