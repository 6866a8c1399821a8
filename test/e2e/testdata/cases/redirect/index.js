const redirects = new Map([
  ["/bulk1", ["https://other.example/redirect1", 301]],
  ["/bulk2", ["https://other.example/redirect2", 307]],
]);

export default {
  async fetch(request) {
    const { pathname, search } = new URL(request.url);
    if (redirects.has(pathname)) return Response.redirect(...redirects.get(pathname));
    if (pathname === "/all") return Response.redirect("https://example.com", 301);
    if (pathname === "/bad") return Response.redirect("https://example.com", 200);
    return Response.redirect(`https://example.net${pathname}${search}`);
  },
};
