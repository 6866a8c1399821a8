const encoder = new TextEncoder();

function timingSafeEqual(a: string, b: string): boolean {
  const aBytes = encoder.encode(a);
  const bBytes = encoder.encode(b);
  if (aBytes.byteLength !== bBytes.byteLength) return false;
  return crypto.subtle.timingSafeEqual(aBytes, bBytes);
}

interface Env {
  PASSWORD: string;
}

export default {
  async fetch(request, env): Promise<Response> {
    const challenge = () =>
      new Response("You need to login.", {
        status: 401,
        headers: { "WWW-Authenticate": 'Basic realm="my scope", charset="UTF-8"' },
      });
    switch (new URL(request.url).pathname) {
      case "/":
        return new Response("Anyone can access the homepage.");
      case "/logout":
        return new Response("Logged out.", { status: 401 });
      case "/admin": {
        const authorization = request.headers.get("Authorization");
        if (!authorization) return challenge();
        const [scheme, encoded] = authorization.split(" ");
        if (!encoded || scheme !== "Basic") return new Response("Malformed authorization header.", { status: 400 });
        const bytes = Uint8Array.from(atob(encoded), (c) => c.charCodeAt(0));
        const credentials = new TextDecoder().decode(bytes).normalize();
        const index = credentials.indexOf(":");
        const user = credentials.substring(0, index);
        const pass = credentials.substring(index + 1);
        if (!timingSafeEqual("admin", user) || !timingSafeEqual(env.PASSWORD, pass)) return challenge();
        return new Response("🎉 You have private access!", { status: 200, headers: { "Cache-Control": "no-store" } });
      }
    }
    return new Response("Not Found.", { status: 404 });
  },
} satisfies ExportedHandler<Env>;
