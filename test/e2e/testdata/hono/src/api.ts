import { Hono } from "hono";
import { hc } from "hono/client";

// A chain, so that hono/client knows the routes' types.
const routes = new Hono()
  .basePath("/v1")
  .get("/hello/:name", (c) => c.json({ hello: c.req.param("name") }))
  .post("/echo", async (c) => c.json(await c.req.json<{ n: number }>()));

export type Routes = typeof routes;

export const api = new Hono();
api.route("/", routes);

// The client calls the routes in place of the network.
api.get("/client", async (c) => {
  const client = hc<Routes>("http://api.example", { fetch: (input: RequestInfo | URL, init?: RequestInit) => routes.request(input as string, init) });
  const response = await client.v1.hello[":name"].$get({ param: { name: "client" } });
  const { hello } = await response.json();
  return c.json({ status: response.status, hello, url: client.v1.echo.$url().pathname });
});
