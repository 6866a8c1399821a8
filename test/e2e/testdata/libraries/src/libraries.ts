import { sha256, sha512 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { initTRPC } from "@trpc/server";
import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import Ajv from "ajv";
import { and, eq, gt, sql } from "drizzle-orm";
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { drizzle as connect } from "drizzle-orm/sqlite-proxy";
import { XMLBuilder, XMLParser } from "fast-xml-parser";
import { gunzipSync, gzipSync, strFromU8, strToU8, unzipSync, zipSync } from "fflate";
import { parseHTML } from "linkedom/worker";
import { DateTime, Duration } from "luxon";
import OpenAI from "openai";
import { h } from "preact";
import renderToString from "preact-render-to-string";
import { createElement, Suspense, use, useId, useState } from "react";
import { renderToReadableStream } from "react-dom/server.edge";
import { filter, from, interval, lastValueFrom, map, reduce, take, toArray } from "rxjs";
import * as v from "valibot";
import YAML from "yaml";

export function noble() {
  return [bytesToHex(sha256(new TextEncoder().encode("abc"))), bytesToHex(sha512(new Uint8Array()))];
}

export async function trpc() {
  const t = initTRPC.create();
  const router = t.router({
    hello: t.procedure.input((x: unknown) => String(x)).query(({ input }) => `hi ${input}`),
    boom: t.procedure.query(() => {
      throw new Error("boom");
    }),
  });
  const call = async (path: string) => {
    const req = new Request(`http://x.example/trpc/${path}`);
    const response = await fetchRequestHandler({ endpoint: "/trpc", req, router, createContext: () => ({}) });
    const body: any = await response.json();
    return [response.status, body.result?.data ?? body.error?.message];
  };
  return [await call("hello?input=%22bob%22"), await call("boom"), await call("none")];
}

// ajv compiles a schema with new Function, which Workers may not call: not here, not on Cloudflare.
export function ajv() {
  try {
    return new Ajv({ allErrors: true, logger: false }).compile({ type: "object", required: ["a"] })({ a: 2 });
  } catch (e) {
    return [String(e), e instanceof EvalError];
  }
}

export async function drizzle() {
  const users = sqliteTable("users", { id: integer("id").primaryKey(), name: text("name").notNull() });
  const calls: unknown[] = [];
  const db = connect(async (query, params, method) => {
    calls.push([query, params, method]);
    return { rows: [[1, "bob"]] };
  });
  const rows = await db.select().from(users).where(and(eq(users.name, "bob"), gt(users.id, 0))).limit(3);
  await db.update(users).set({ name: sql`upper(${users.name})` }).where(eq(users.id, 2));
  return [rows, calls];
}

export function xml() {
  const o = new XMLParser({ ignoreAttributes: false }).parse('<r a="1"><x>1</x><x>two</x><y><![CDATA[<z>]]></y></r>');
  return [o, new XMLBuilder({ ignoreAttributes: false }).build(o)];
}

export function fflate() {
  const data = strToU8("hello ".repeat(1000));
  const zipped = gzipSync(data, { mtime: 0 });
  return [zipped.length < 100, strFromU8(gunzipSync(zipped)).length, Object.keys(unzipSync(zipSync({ "a.txt": data })))];
}

export function linkedom() {
  const { document } = parseHTML("<html><body><ul><li class=a>1<li class=b>2</ul></body></html>");
  document.querySelector("li.b")!.textContent = "<x>";
  return [document.querySelectorAll("li").length, document.body.innerHTML];
}

export function luxon() {
  const day = DateTime.fromISO("2026-02-03T04:05:06Z", { zone: "utc" });
  return [
    day.plus({ months: 1 }).toISO(),
    day.toFormat("yyyy LLL dd, cccc"),
    day.toLocaleString(DateTime.DATE_FULL, { locale: "en-US" }),
    Duration.fromObject({ hours: 1, minutes: 90 }).normalize().toISO(),
    DateTime.fromISO("2026-07-03T04:05:06Z").setZone("America/New_York").toISO(),
    DateTime.fromISO("2026-03-08T01:30:00", { zone: "America/New_York" }).plus({ hours: 1 }).toISO(),
  ];
}

export async function openai() {
  const chunks = ["a", "b", "c"].map((content) => `data: ${JSON.stringify({ choices: [{ delta: { content }, index: 0 }] })}\n\n`);
  const fetch = async (_: unknown, init?: RequestInit) =>
    String(init?.body).includes('"stream":true')
      ? new Response(`${chunks.join("")}data: [DONE]\n\n`, { headers: { "content-type": "text/event-stream" } })
      : Response.json({ error: { message: "no", code: "x" } }, { status: 401 });
  const client = new OpenAI({ apiKey: "k", maxRetries: 0, fetch: fetch as any, dangerouslyAllowBrowser: true });
  const stream = await client.chat.completions.create({ model: "m", stream: true, messages: [{ role: "user", content: "x" }] });
  let streamed = "";
  for await (const chunk of stream) streamed += chunk.choices[0]?.delta?.content ?? "";
  const error = await client.models.list().catch((e) => e);
  return [streamed, error.status, error instanceof OpenAI.APIError, error.message];
}

export function preact() {
  const List = ({ items }: { items: string[] }) =>
    h("ul", { class: "x", style: { color: "red" } }, items.map((item) => h("li", { key: item }, item)));
  return renderToString(h(List, { items: ["a", "<b>"] }));
}

export async function react() {
  const late = new Promise<string>((resolve) => setTimeout(resolve, 1, "late & done"));
  const Late = () => createElement("b", null, use(late));
  const App = ({ title }: { title: string }) => {
    const [n] = useState(1);
    return createElement("p", { className: "x", title, id: typeof useId() }, "n ", n, createElement(Suspense, { fallback: "wait" }, createElement(Late)));
  };
  const stream = await renderToReadableStream(createElement(App, { title: "q" }));
  await stream.allReady;
  return new Response(stream).text();
}

export async function rxjs() {
  const sum = from([1, 2, 3, 4]).pipe(filter((x) => x % 2 === 0), map((x) => x * 10), reduce((a, b) => a + b));
  return [await lastValueFrom(sum), await lastValueFrom(interval(1).pipe(take(3), toArray()))];
}

export function valibot() {
  const Schema = v.object({ a: v.pipe(v.string(), v.email()), n: v.optional(v.number(), 3) });
  return [v.parse(Schema, { a: "a@b.example" }), v.safeParse(Schema, { a: "x" }).issues?.map((i) => i.message)];
}

export function yaml() {
  return [
    YAML.parse("a: &x [1, two, 3.5]\nb: *x\nc: |\n  text\n  more\nd: {e: null, f: 2026-01-01}\n"),
    YAML.stringify({ a: [1, { b: "x: y" }], s: "multi\nline" }),
  ];
}
