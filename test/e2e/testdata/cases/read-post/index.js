async function readRequestBody(request) {
  const contentType = request.headers.get("content-type");
  if (contentType.includes("application/json")) {
    return JSON.stringify(await request.json());
  } else if (contentType.includes("application/text") || contentType.includes("text/html")) {
    return request.text();
  } else if (contentType.includes("form")) {
    const formData = await request.formData();
    const body = {};
    for (const [name, value] of formData.entries()) {
      body[name] = value instanceof File ? `File ${value.name} ${value.type} ${value.size}: ${await value.text()}` : value;
    }
    return JSON.stringify(body);
  }
  return "a file";
}

export default {
  async fetch(request) {
    if (request.method === "GET") return new Response("The request was a GET");
    if (request.method !== "POST") return new Response(null, { status: 405 });
    try {
      return new Response(`The request body sent in was ${await readRequestBody(request)}`);
    } catch (e) {
      return new Response(String(e), { status: 400 });
    }
  },
};
