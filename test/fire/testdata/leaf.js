// The end of the chain: computes.
const VERSION = 0;

let isolate;
let calls = 0;
const open = new Map();

function enter(token) {
  isolate ??= crypto.randomUUID();
  const own = { token, n: ++calls };
  if (open.has(token)) throw new Error(`leaf: ${token} is here twice`);
  open.set(token, own);
  return own;
}

function leave(token, own) {
  const found = open.get(token);
  if (found !== own || found.token !== token) throw new Error(`leaf: ${token} finds the state of ${found?.token}`);
  open.delete(token);
  return { worker: "leaf", version: VERSION, isolate, n: own.n };
}

const pass = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function chain(request) {
  const { token, delays } = await request.json();
  const own = enter(token);
  let sum = 0;
  for (let i = 0; i < 20; i++) sum += await i;
  if (sum !== 190) throw new Error(`leaf: the sum is ${sum}`);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(token)));
  await pass(delays[2]);
  const text = Array.from(digest, (b) => b.toString(16).padStart(2, "0")).join("");
  return Response.json({ token, digest: text, trail: [leave(token, own)] });
}

// Each byte goes back with the key added.
function stream(request) {
  const token = request.headers.get("x-token");
  const key = Number(request.headers.get("x-key"));
  const own = enter(token);
  const body = request.body.pipeThrough(
    new TransformStream({
      async transform(chunk, controller) {
        await null;
        controller.enqueue(chunk.map((b) => b + key));
      },
    }),
  );
  return new Response(body, { headers: { "x-trail": JSON.stringify(leave(token, own)), "x-echo": token } });
}

export default {
  fetch(request) {
    return new URL(request.url).pathname === "/stream" ? stream(request) : chain(request);
  },
};
