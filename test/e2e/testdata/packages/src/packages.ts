import jwt from "@tsndr/cloudflare-worker-jwt";
import * as cookiePackage from "cookie";
import { addDays, differenceInCalendarDays, format, formatDistance, parseISO } from "date-fns";
import { buildSchema, graphql as execute, parse as parseQuery, print as printQuery } from "graphql";
import Handlebars from "handlebars/dist/cjs/handlebars.js";
import { produce } from "immer";
import * as joseLib from "jose";
import { chunk, cloneDeep, debounce, get, groupBy, merge, template, uniqBy } from "lodash-es";
import { marked as markdown } from "marked";
import msLib from "ms";
import Mustache from "mustache";
import { customAlphabet, nanoid as id } from "nanoid";
import { compile, match } from "path-to-regexp";
import superjsonLib from "superjson";
import { NIL, v4, v5, v7, validate, version } from "uuid";
import { z } from "zod";

export async function jose() {
  const secret = new TextEncoder().encode("a secret of at least thirty-two bytes");
  const token = await new joseLib.SignJWT({ role: "admin" })
    .setProtectedHeader({ alg: "HS256" }).setIssuer("me").setAudience("you").setIssuedAt(1700000000).setExpirationTime("9999y").sign(secret);
  const { payload, protectedHeader } = await joseLib.jwtVerify(token, secret, { issuer: "me", audience: "you" });
  const failures = await Promise.all([
    joseLib.jwtVerify(token, new TextEncoder().encode("another secret, long as it must be")).then(() => "taken", (e) => e.code),
    joseLib.jwtVerify(token, secret, { issuer: "other" }).then(() => "taken", (e) => e.code),
    joseLib.jwtVerify("a.b", secret).then(() => "taken", (e) => e.code),
  ]);
  const known = await joseLib.jwtVerify(
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c",
    new TextEncoder().encode("your-256-bit-secret"),
  );
  return { role: payload.role, protectedHeader, failures, known: known.payload.name, decoded: joseLib.decodeJwt(token).iat };
}

export async function workerJwt() {
  const token = await jwt.sign({ sub: "1234", exp: 4102444800 }, "secret");
  const good = await jwt.verify(token, "secret");
  const bad = await jwt.verify(token, "wrong");
  return { sub: good?.payload.sub, bad: bad === undefined, alg: jwt.decode(token).header?.alg };
}

export function cookie() {
  return {
    parsed: cookiePackage.parse("a=1; b=%C3%BC; c=\"q\""),
    made: cookiePackage.serialize("name", "v ü", { httpOnly: true, maxAge: 10, sameSite: "strict", expires: new Date(0) }),
  };
}

export function dateFns() {
  const day = parseISO("2026-02-27T10:00:00Z");
  return {
    iso: addDays(day, 3).toISOString(),
    days: differenceInCalendarDays(parseISO("2026-03-02T00:00:00Z"), day),
    distance: formatDistance(day, addDays(day, 40), { addSuffix: true }),
    formatted: format(day, "EEEE do MMMM yyyy, HH:mm:ss"),
  };
}

export async function graphql() {
  const schema = buildSchema(`
    type Book { title: String!, pages: Int }
    type Query { books(first: Int = 2): [Book!]!, hello(name: String!): String }
  `);
  const rootValue = {
    books: async ({ first }: { first: number }) => [{ title: "A", pages: () => 1 }, { title: "B" }, { title: "C" }].slice(0, first),
    hello: ({ name }: { name: string }) => `Hello ${name}`,
  };
  const source = "query Q($n: String!) { books { title pages } hello(name: $n) }";
  const result = await execute({ schema, source, rootValue, variableValues: { n: "ü" } });
  const wrong = await execute({ schema, source: "{ boks { title } }", rootValue });
  return { data: result.data, wrong: wrong.errors?.map(String), printed: printQuery(parseQuery("{a(b:1){c}}")) };
}

// What fn throws: Workers make no code from strings, here as on Cloudflare.
function refused(fn: () => unknown) {
  try {
    return fn();
  } catch (e) {
    return String(e);
  }
}

// Handlebars compiles to a string that it gives to new Function; parsing, and a precompiled template, need none of that.
export function handlebars() {
  const source = "{{title}} {{#each items}} {{@index}}{{/each}}";
  return { compiled: refused(() => Handlebars.compile(source)({ title: "A & B", items: [1] })), parsed: Handlebars.parse(source).body.length };
}

export function immer() {
  const base = { list: [{ done: false }, { done: false }], map: new Map([["a", 1]]) };
  const next = produce(base, (draft) => {
    draft.list[0].done = true;
    draft.list.push({ done: true });
  });
  return { base: base.list, next: next.list, shared: base.list[1] === next.list[1], frozen: Object.isFrozen(next) };
}

export function lodash() {
  return {
    chunks: chunk([1, 2, 3, 4, 5], 2),
    groups: groupBy([6.1, 4.2, 6.3], Math.floor),
    merged: merge({ a: [{ b: 2 }, { d: 4 }] }, { a: [{ c: 3 }, { e: 5 }] }),
    got: get({ a: [{ b: { c: 3 } }] }, "a[0].b.c"),
    unique: uniqBy([{ x: 1 }, { x: 2 }, { x: 1 }], "x"),
    cloned: cloneDeep({ d: new Date(0), s: new Set([1]), r: /x/gi, n: [undefined, null] }).d.toISOString(),
    debounced: typeof debounce(() => {}, 1).cancel,
    template: refused(() => template("hello <%- user %>!")({ user: "<fred>" })),
  };
}

export function marked() {
  return { html: markdown.parse("# Title\n\nA *b* **c** `d` [e](https://x.example)\n\n1. one\n2. two\n\n| a | b |\n|---|:-:|\n| 1 | 2 |\n\n```js\nlet x = 1 < 2;\n```\n") };
}

export function ms() {
  return [msLib("2 days"), msLib("1.5h"), msLib(60000), msLib(2 * 60000, { long: true })];
}

export function mustache() {
  const view = { name: "<Ü>", list: [{ v: 1 }, { v: 2 }], upper: () => (text: string, render: (t: string) => string) => render(text).toUpperCase() };
  return { text: Mustache.render("{{name}} {{{name}}} {{#list}}[{{v}}]{{/list}} {{#upper}}loud {{name}}{{/upper}}{{^none}} none{{/none}}", view) };
}

export function nanoid() {
  const ids = new Set(Array.from({ length: 100 }, () => id()));
  return { unique: ids.size, shape: [...ids].every((s) => /^[\w-]{21}$/.test(s)), custom: /^[abc]{5}$/.test(customAlphabet("abc", 5)()) };
}

export function pathToRegexp() {
  return {
    params: match("/users/:id{/*rest}")("/users/a%20b/c/d"),
    none: match("/users/:id")("/nope"),
    path: compile("/users/:id")({ id: "a b" }),
  };
}

export function superjson() {
  const value = { date: new Date(0), set: new Set([1, "a"]), map: new Map([["k", { n: 10n }]]), re: /x/gi, undef: undefined, nan: NaN, url: new URL("https://x.example/") };
  const text = superjsonLib.stringify(value);
  const back = superjsonLib.parse<typeof value>(text);
  return {
    text, date: back.date.getTime(), set: [...back.set], big: String(back.map.get("k")?.n), re: String(back.re),
    undef: "undef" in back, nan: Number.isNaN(back.nan), url: back.url instanceof URL,
  };
}

export function uuid() {
  const made = [v4(), v7(), v5("hello.example.com", v5.DNS)];
  return { versions: made.map(version), valid: made.every(validate), v5: made[2], nil: NIL };
}

export function zod() {
  const User = z.object({
    name: z.string().min(2).regex(/^\p{L}+$/u),
    email: z.email(),
    age: z.coerce.number().int().positive().optional(),
    tags: z.array(z.enum(["a", "b"])).default([]),
    born: z.iso.datetime().transform((s) => new Date(s).getUTCFullYear()),
    either: z.discriminatedUnion("kind", [z.object({ kind: z.literal("x"), x: z.number() }), z.object({ kind: z.literal("y") })]),
  });
  const good = User.safeParse({ name: "Jürgen", email: "j@x.example", age: "42", born: "2000-01-02T03:04:05Z", either: { kind: "x", x: 1 }, extra: 1 });
  const bad = User.safeParse({ name: "1", email: "no", born: "x", either: { kind: "z" } });
  return { good: good.data, issues: bad.error?.issues.map((i) => `${i.path.join(".")} ${i.code}`), pretty: bad.error && z.prettifyError(bad.error).split("\n")[0] };
}
