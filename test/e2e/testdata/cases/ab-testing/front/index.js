const NAME = "group";

export default {
  async fetch(request, env) {
    const url = new URL(request.url);
    for (const group of ["test", "control"]) {
      if (url.pathname.startsWith(`/${group}/`)) {
        url.pathname = url.pathname.slice(group.length + 1);
        return env[group.toUpperCase()].fetch(new Request(url, request));
      }
    }
    const cookie = request.headers.get("cookie");
    if (cookie?.includes(`${NAME}=control`)) return env.CONTROL.fetch(url, request);
    if (cookie?.includes(`${NAME}=test`)) return env.TEST.fetch(url.toString(), { headers: request.headers });
    const group = Math.random() < 0.5 ? "test" : "control";
    let response = await env[group.toUpperCase()].fetch(url);
    response = new Response(response.body, response);
    response.headers.append("Set-Cookie", `${NAME}=${group}; path=/`);
    return response;
  },
};
