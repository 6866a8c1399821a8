// Does what a neighbour should not.
const VERSION = 0;
const pass = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const spin = () => {
  for (;;);
};
const deep = (n) => 1 + deep(n + 1);
const kept = [];

const handlers = {
  loop: spin,
  async microtasks() {
    for (;;) await null;
  },
  jobs() {
    const again = () => queueMicrotask(again);
    again();
    return pass(1);
  },
  async later() {
    await pass(2);
    spin();
  },
  async timer() {
    setTimeout(spin, 1);
    await pass(3);
    return new Response("after the timer");
  },
  stubborn() {
    for (;;) {
      try {
        spin();
      } finally {
        continue;
      }
    }
  },
  never: () => new Promise(() => {}),
  pending: () => new Promise(() => setInterval(() => kept, 50)),
  deep: () => deep(0),
  caught() {
    try {
      deep(0);
    } catch (e) {
      return new Response(`caught ${e.name}`);
    }
  },
  async throws({ token }) {
    await pass(1);
    throw new TypeError(`thrown by ${token}`);
  },
  rejects: ({ token }) => Promise.reject(new RangeError(`rejected by ${token}`)),
  unhandled({ token }) {
    Promise.reject(new Error(`nobody hears ${token}`));
    setTimeout(() => {
      throw new Error(`nobody catches ${token}`);
    }, 1);
    return new Response("all is well");
  },
  // A loop begins while the body is being read.
  stream({ token }) {
    let n = 0;
    return new Response(
      new ReadableStream({
        async pull(controller) {
          await pass(1);
          if (n++ === 3) spin();
          controller.enqueue(new TextEncoder().encode(`${token} `));
        },
      }),
    );
  },
  // A healthy Worker is called on the way to a loop.
  async calls({ token }, env) {
    const response = await env.LEAF.fetch("http://bound/chain", { method: "POST", body: JSON.stringify({ token: `${token}-hostile`, delays: [0, 0, 0] }) });
    await response.text();
    spin();
  },
  // The loop comes after the answer.
  after(_, env, ctx) {
    ctx.waitUntil(pass(2).then(spin));
    return new Response("answered");
  },
  // No harm by itself: it shares its isolate with those that do some.
  async shares({ token }) {
    await pass(20);
    return new Response(`shared ${token}`);
  },
  // Memory.
  double() {
    let s = "0123456789abcdef";
    for (;;) s = s + s;
  },
  concat() {
    let s = "0123456789abcdef";
    for (;;) s = s + s.slice(1) + "x";
  },
  push() {
    const list = [];
    for (;;) list.push({ a: [1, 2, 3] });
  },
  map() {
    const map = new Map();
    for (let i = 0; ; i++) map.set(i, `value ${i}`);
  },
  buffers() {
    const list = [];
    for (;;) list.push(new Uint8Array(1 << 20).fill(1));
  },
};

export default {
  async fetch(request, env, ctx) {
    return handlers[new URL(request.url).pathname.slice(1)](await request.json(), env, ctx);
  },
};
