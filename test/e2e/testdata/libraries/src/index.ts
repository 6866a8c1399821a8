import * as libraries from "./libraries";

// Each path is one library, and answers with what it gave as JSON.
export default {
  async fetch(request: Request): Promise<Response> {
    const use = (libraries as Record<string, () => unknown>)[new URL(request.url).pathname.slice(1)];
    return use ? Response.json(await use()) : new Response(null, { status: 404 });
  },
};
