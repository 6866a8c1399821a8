const DEFAULT_SECURITY_HEADERS = {
  "Content-Security-Policy": "default-src 'self'",
  "Permissions-Policy": "interest-cohort=()",
  "X-Frame-Options": "DENY",
  "Referrer-Policy": "strict-origin-when-cross-origin",
};
const BLOCKED_HEADERS = ["Public-Key-Pins", "X-Powered-By", "X-AspNet-Version"];

export default {
  async fetch(request, env) {
    if ((request.headers.get("x-forwarded-tls") ?? "TLSv1.3") < "TLSv1.2") {
      return new Response("You need to use TLS version 1.2 or higher.", { status: 400 });
    }
    const response = await env.SITE.fetch(request);
    const newHeaders = new Headers(response.headers);
    BLOCKED_HEADERS.forEach((name) => newHeaders.delete(name));
    if (newHeaders.has("Content-Type") && newHeaders.get("Content-Type").includes("text/html")) {
      Object.keys(DEFAULT_SECURITY_HEADERS).map((name) => newHeaders.set(name, DEFAULT_SECURITY_HEADERS[name]));
    }
    return new Response(response.body, { status: response.status, statusText: response.statusText, headers: newHeaders });
  },
};
