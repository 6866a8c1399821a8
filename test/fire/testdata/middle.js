// Between front and leaf: copies of requests and responses, streams split in two.
const VERSION = 0;

let isolate;
let calls = 0;
const open = new Map();

function enter(token) {
  isolate ??= crypto.randomUUID();
  const own = { token, n: ++calls };
  if (open.has(token)) throw new Error(`middle: ${token} is here twice`);
  open.set(token, own);
  return own;
}

function leave(token, own) {
  const found = open.get(token);
  if (found !== own || found.token !== token) throw new Error(`middle: ${token} finds the state of ${found?.token}`);
  open.delete(token);
  return { worker: "middle", version: VERSION, isolate, n: own.n };
}

const pass = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function chain(request, env) {
  const copy = request.clone();
  const { token, delays } = await request.json();
  const own = enter(token);
  await pass(delays[1]);
  const response = await env.LEAF.fetch(copy);
  const twin = response.clone();
  const [first, second] = [await response.text(), await twin.text()];
  if (first !== second) throw new Error(`middle: copies differ: ${first} and ${second}`);
  const answer = JSON.parse(first);
  answer.trail.push(leave(token, own));
  return Response.json(answer);
}

async function count(body) {
  let n = 0;
  for await (const chunk of body) n += chunk.byteLength;
  return n;
}

async function stream(request, env, ctx) {
  const token = request.headers.get("x-token");
  const own = enter(token);
  const [on, beside] = request.body.tee();
  ctx.waitUntil(count(beside).then((n) => console.log(`counted ${token} ${n}`)));
  const response = await env.LEAF.fetch("http://bound/stream", { method: "POST", headers: request.headers, body: on });
  const headers = new Headers(response.headers);
  headers.append("x-trail", JSON.stringify(leave(token, own)));
  return new Response(response.body, { headers });
}

export default {
  fetch(request, env, ctx) {
    return new URL(request.url).pathname === "/stream" ? stream(request, env, ctx) : chain(request, env);
  },
};
