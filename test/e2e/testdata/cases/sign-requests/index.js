const encoder = new TextEncoder();
const EXPIRY = 60;
const base64 = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)));
const unbase64 = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));

async function handle(url, now, env) {
  const key = await crypto.subtle.importKey(
    "raw", encoder.encode(env.SECRET_DATA), { name: "HMAC", hash: "SHA-256" }, false, ["sign", "verify"],
  );
  if (url.pathname.startsWith("/generate/")) {
    url.pathname = url.pathname.replace("/generate/", "/");
    const mac = await crypto.subtle.sign("HMAC", key, encoder.encode(`${url.pathname}${now}`));
    url.searchParams.set("verify", `${now}-${base64(mac)}`);
    return new Response(`${url.pathname}${url.search}`);
  }
  if (!url.searchParams.has("verify")) return new Response("Missing query parameter", { status: 403 });
  const [timestamp, mac] = url.searchParams.get("verify").split("-");
  const asserted = Number(timestamp);
  const verified = await crypto.subtle.verify("HMAC", key, unbase64(mac), encoder.encode(`${url.pathname}${asserted}`));
  if (!verified) return new Response("Invalid MAC", { status: 403 });
  if (now > asserted + EXPIRY) {
    return new Response(`URL expired at ${new Date((asserted + EXPIRY) * 1000)}`, { status: 403 });
  }
  return new Response("signed");
}

export default {
  async fetch(request, env) {
    const now = Number(request.headers.get("x-time"));
    const url = new URL(request.url);
    if (url.pathname !== "/round-trip") return handle(url, now, env);
    const signed = await (await handle(new URL("/generate/a b/ü", url), now, env)).text();
    const fresh = await handle(new URL(signed, url), now, env);
    const stale = await handle(new URL(signed, url), now + 61, env);
    const other = await handle(new URL(signed.replace("/a", "/b"), url), now, env);
    return new Response(`fresh ${fresh.status} stale ${stale.status} other ${other.status}`);
  },
};
