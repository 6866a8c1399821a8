import { Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import { basicAuth } from "hono/basic-auth";
import { bearerAuth } from "hono/bearer-auth";
import { cors } from "hono/cors";
import { etag } from "hono/etag";
import { deleteCookie, getCookie, getSignedCookie, setCookie, setSignedCookie } from "hono/cookie";
import { sign, verify } from "hono/jwt";
import { html, raw } from "hono/html";
import { logger } from "hono/logger";
import { prettyJSON } from "hono/pretty-json";
import { requestId } from "hono/request-id";
import { secureHeaders } from "hono/secure-headers";
import { stream, streamSSE, streamText } from "hono/streaming";
import { timing, setMetric } from "hono/timing";
import { validator } from "hono/validator";
import { zValidator } from "@hono/zod-validator";
import { z } from "zod";
import { api } from "./api";
import { Page } from "./page";

type Env = { Bindings: { STAGE: string; BACKEND: Fetcher }; Variables: { who: string } };

const app = new Hono<Env>();

app.use(logger());
app.use(async (c, next) => {
  c.set("who", c.req.header("x-who") ?? "nobody");
  await next();
  c.header("x-after", "middleware");
});

app.get("/", (c) => c.text(`Hello Hono ${c.env.STAGE} ${c.var.who}`));
app.get("/users/:id{[0-9]+}", (c) => c.json({ id: Number(c.req.param("id")), q: c.req.queries("q") ?? [] }));
app.get("/files/*", (c) => c.text(c.req.path));
app.get("/optional/:name?", (c) => c.text(c.req.param("name") ?? "none"));
app.post("/json", async (c) => c.json({ got: await c.req.json(), type: c.req.header("content-type") }, 201, { "x-made": "yes" }));
app.post("/form", async (c) => {
  const body = await c.req.parseBody({ all: true });
  const file = body.file as File;
  return c.json({ names: body.name, file: file && { name: file.name, type: file.type, text: await file.text() } });
});
app.get("/redirect", (c) => c.redirect("/elsewhere", 307));
app.get("/nothing", (c) => c.body(null, 204));
app.get("/throws", () => {
  throw new Error("on purpose");
});
app.get("/teapot", () => {
  throw new HTTPException(418, { message: "short and stout" });
});
app.onError((err, c) => {
  if (err instanceof HTTPException) return err.getResponse();
  return c.text(`${err.name}: ${err.message}`, 500);
});
app.notFound((c) => c.json({ message: "no such page", path: c.req.path }, 404));

app.get("/cookies", async (c) => {
  setCookie(c, "plain", "a b", { path: "/", httpOnly: true, maxAge: 60, sameSite: "Lax" });
  await setSignedCookie(c, "signed", "value", "a secret", { secure: true });
  deleteCookie(c, "old");
  return c.json({
    all: getCookie(c),
    one: getCookie(c, "one") ?? null,
    signed: (await getSignedCookie(c, "a secret", "signed")) ?? null,
  });
});

app.use("/cors/*", cors({ origin: ["https://a.example", "https://b.example"], allowMethods: ["GET", "PUT"], maxAge: 600, credentials: true }));
app.get("/cors/data", (c) => c.json({ ok: true }));

app.use("/secret/*", basicAuth({ username: "admin", password: "pass:word" }));
app.get("/secret/page", (c) => c.text("the secret"));
app.use("/token/*", bearerAuth({ token: "abc123" }));
app.get("/token/page", (c) => c.text("by token"));

app.get("/jwt", async (c) => {
  const token = await sign({ sub: "me", exp: 4102444800 }, "key", "HS256");
  const payload = await verify(token, "key", "HS256");
  const forged = await verify(token, "other", "HS256").then(() => "taken", (e: Error) => e.name);
  return c.json({ parts: token.split(".").length, sub: payload.sub, forged });
});

app.get("/stream", (c) =>
  stream(c, async (s) => {
    for (let i = 0; i < 3; i++) {
      await s.write(new Uint8Array([0x61 + i]));
      await s.sleep(1);
    }
    await s.pipe(new Response("-piped").body!);
  }),
);
app.get("/stream-text", (c) =>
  streamText(c, async (s) => {
    await s.writeln("first");
    await s.sleep(1);
    await s.write("second");
  }),
);
app.get("/sse", (c) =>
  streamSSE(c, async (s) => {
    for (let id = 0; id < 3; id++) {
      await s.writeSSE({ data: `message ${id}`, event: "tick", id: String(id) });
      await s.sleep(1);
    }
  }),
);
app.get("/abort", (c) =>
  stream(c, async (s) => {
    s.onAbort(() => console.log("stream aborted"));
    while (!s.aborted) {
      await s.write("x".repeat(1024));
      await s.sleep(1);
    }
  }),
);

app.get("/etag", etag(), (c) => c.text("tagged"));
app.get("/pretty", prettyJSON(), (c) => c.json({ a: 1 }));
app.get("/secure", secureHeaders(), requestId(), timing(), (c) => {
  setMetric(c, "work", 5);
  return c.text(String(c.get("requestId").length));
});
app.get("/html", (c) => c.html(html`<p>${"<escaped>"} ${raw("<b>raw</b>")}</p>`));
app.get("/jsx", (c) => c.html(<Page title="A & B" items={["one", "<two>"]} />));

app.post(
  "/valid",
  validator("json", (value, c) => (typeof value.name === "string" ? { name: value.name } : c.text("no name", 400))),
  (c) => c.json({ hello: c.req.valid("json").name }),
);
app.get("/zod", zValidator("query", z.object({ page: z.coerce.number().int().min(1), tag: z.string().optional() })), (c) =>
  c.json(c.req.valid("query")),
);

app.all("/backend/*", (c) => c.env.BACKEND.fetch(c.req.raw));
app.get("/wait", (c) => {
  c.executionCtx.waitUntil(Promise.resolve().then(() => console.log("waited until")));
  return c.text("soon");
});
app.route("/api", api);
app.mount("/mounted", (req: Request) => new Response(`mounted ${new URL(req.url).pathname}`));

export default app;
