// The healthy root: its answers depend on the request, on what its isolate remembers, and on those that it calls.
const VERSION = 0;

let isolate;
let calls = 0;
const open = new Map();

// enter notes a request in the module's state; leave finds its own there, whatever ran meanwhile, and stamps the answer.
function enter(token) {
  isolate ??= crypto.randomUUID();
  const own = { token, n: ++calls };
  if (open.has(token)) throw new Error(`front: ${token} is here twice`);
  open.set(token, own);
  return own;
}

function leave(token, own) {
  const found = open.get(token);
  if (found !== own || found.token !== token) throw new Error(`front: ${token} finds the state of ${found?.token}`);
  open.delete(token);
  return { worker: "front", version: VERSION, isolate, n: own.n };
}

const pass = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function post(service, path, value) {
  const response = await service.fetch(`http://bound${path}`, { method: "POST", body: JSON.stringify(value) });
  if (response.status !== 200) throw new Error(`${path}: status ${response.status}`);
  return response.json();
}

const handlers = {
  // A token through three Workers, with waits between.
  async chain({ token, delays }, env) {
    await pass(delays[0]);
    return post(env.MIDDLE, "/chain", { token, delays });
  },

  // Several calls at once, one of them to this Worker itself.
  async parallel({ token, delays }, env) {
    const parts = await Promise.all([
      ...delays.map((delay, i) => post(env.LEAF, "/chain", { token: `${token}-${i}`, delays: [0, 0, delay] })),
      post(env.SELF, "/own", { token: `${token}-self` }),
    ]);
    return { token, parts: parts.map((p) => p.token), trail: parts.flatMap((p) => p.trail) };
  },

  async own({ token }) {
    await pass(1);
    return { token, trail: [] };
  },

  // Timers, some taken back, in their order.
  async timers({ token }) {
    const fired = [];
    const cleared = setTimeout(() => fired.push("cleared"), 1);
    const later = new Promise((resolve) => setTimeout(() => resolve(fired.push("b")), 6));
    setTimeout(() => fired.push("a"), 2);
    queueMicrotask(() => fired.push("0"));
    clearTimeout(cleared);
    let ticks = 0;
    await new Promise((resolve) => {
      const timer = setInterval(() => {
        if (++ticks === 3) {
          clearInterval(timer);
          resolve();
        }
      }, 1);
    });
    await later;
    return { token, fired: fired.join(), ticks, trail: [] };
  },

  // Work that goes on after the answer.
  async wait({ token, delays }, env, ctx) {
    ctx.waitUntil(
      pass(delays[0])
        .then(() => post(env.LEAF, "/chain", { token: `${token}-late`, delays }))
        .then((answer) => console.log(`late ${answer.token}`)),
    );
    return { token, trail: [] };
  },

  // A hostile neighbour is called, beside a healthy one: its fault is caught.
  async guarded({ token, service, how, delays }, env) {
    const healthy = post(env.LEAF, "/chain", { token: `${token}-beside`, delays });
    let caught = "none";
    try {
      const response = await env[service].fetch(`http://bound/${how}`, { method: "POST", body: JSON.stringify({ token }) });
      caught = `answered ${response.status} `;
      caught += await response.text();
    } catch (e) {
      caught = `${e.name}: ${e.message}`;
    }
    const beside = await healthy;
    return { token, caught, parts: [beside.token], trail: beside.trail };
  },

  // A slow neighbour is not waited for.
  async abort({ token, delays }, env) {
    const controller = new AbortController();
    const called = env.SLOW.fetch("http://bound/sleep?ms=2000", { signal: controller.signal });
    await pass(delays[0]);
    controller.abort();
    let caught = "none";
    try {
      await called;
    } catch (e) {
      caught = e.name;
    }
    return { token, caught, trail: [] };
  },
};

export default {
  async fetch(request, env, ctx) {
    const { pathname } = new URL(request.url);
    if (pathname === "/stream") return stream(request, env);
    if (pathname.startsWith("/slow/")) return env.SLOW.fetch(new Request(`http://bound/${request.url.split("/slow/")[1]}`, request));
    const input = await request.json();
    const own = enter(input.token);
    const answer = await handlers[pathname.slice(1)](input, env, ctx);
    answer.trail.push(leave(input.token, own));
    return Response.json(answer);
  },
};

// A body on its way through three Workers and back.
async function stream(request, env) {
  const token = request.headers.get("x-token");
  const own = enter(token);
  const response = await env.MIDDLE.fetch("http://bound/stream", { method: "POST", headers: request.headers, body: request.body });
  const headers = new Headers(response.headers);
  headers.append("x-trail", JSON.stringify(leave(token, own)));
  return new Response(response.body, { status: response.status, headers });
}
