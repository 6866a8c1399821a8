export default {
  fetch(request) {
    const headers = { "X-Powered-By": "patience", "Public-Key-Pins": "none" };
    if (new URL(request.url).pathname === "/data") {
      return new Response(new Uint8Array([1, 2, 3]), { headers: { ...headers, "content-type": "application/octet-stream" } });
    }
    return new Response("<p>page</p>", { headers: { ...headers, "content-type": "text/html; charset=utf-8" } });
  },
};
