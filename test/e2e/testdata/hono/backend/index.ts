import { Hono } from "hono";

const app = new Hono();
app.all("*", async (c) => c.json({ method: c.req.method, path: c.req.path, body: await c.req.text() }));
export default app;
