const corsHeaders = {
  "Access-Control-Allow-Origin": "*",
  "Access-Control-Allow-Methods": "GET,HEAD,POST,OPTIONS",
  "Access-Control-Max-Age": "86400",
};

async function handleRequest(request, env) {
  const api = "https://api.example/demo";
  request = new Request(api, request);
  request.headers.set("Origin", new URL(api).origin);
  let response = await env.API.fetch(request);
  response = new Response(response.body, response);
  response.headers.set("Access-Control-Allow-Origin", "*");
  response.headers.append("Vary", "Origin");
  return response;
}

function handleOptions(request) {
  if (
    request.headers.get("Origin") !== null &&
    request.headers.get("Access-Control-Request-Method") !== null &&
    request.headers.get("Access-Control-Request-Headers") !== null
  ) {
    return new Response(null, {
      headers: { ...corsHeaders, "Access-Control-Allow-Headers": request.headers.get("Access-Control-Request-Headers") },
    });
  }
  return new Response(null, { headers: { Allow: "GET, HEAD, POST, OPTIONS" } });
}

export default {
  async fetch(request, env) {
    switch (request.method) {
      case "OPTIONS":
        return handleOptions(request);
      case "GET":
      case "HEAD":
      case "POST":
        return handleRequest(request, env);
    }
    return new Response(null, { status: 405, statusText: "Method Not Allowed" });
  },
};
