const tests = {
  "/wait-until"(request, env, ctx) {
    ctx.waitUntil(new Promise((r) => setTimeout(r, 20)).then(() => console.log("after the response")));
    return new Response("at once");
  },
  "/pass-through"(request, env, ctx) {
    ctx.passThroughOnException();
    throw new Error("uncaught, and there is no origin behind a Worker on one machine");
  },
  "/self": async (request, env) => {
    const url = new URL(request.url);
    const n = Number(url.searchParams.get("n"));
    if (n === 0) return new Response("self done");
    url.searchParams.set("n", n - 1);
    return env.SELF.fetch(url);
  },
  "/ping-pong": (request, env) => {
    const url = new URL(request.url);
    const n = Number(url.searchParams.get("n"));
    if (n === 0) return new Response(`0 after ${url.searchParams.get("from")}`);
    url.searchParams.set("n", n - 1);
    if (!url.searchParams.has("from")) url.searchParams.set("from", n);
    return env.B.fetch(url);
  },
  "/subrequests": async (request, env) => {
    let made = 0;
    try {
      for (;; made++) await env.B.fetch("http://b/ok");
    } catch (e) {
      return new Response(`${made} made, then ${e}`);
    }
  },
  "/clone": async (request) => {
    const one = request.clone();
    const two = one.clone();
    const texts = await Promise.all([two.text(), request.text(), one.text()]);
    return new Response(texts.join("|"));
  },
  "/read-twice": async (request) => {
    await request.text();
    const e = await request.text().catch((e) => e);
    return new Response(`${e.name} ${request.bodyUsed}`);
  },
  "/used-by-binding": async (request, env) => {
    const text = await (await env.B.fetch("http://b/echo", request)).text();
    const e = await env.B.fetch("http://b/echo", request).catch((e) => e);
    return new Response(`b got ${text}, then ${e.name}; used ${request.bodyUsed}`);
  },
  "/with-body": (request) => new Response("some text", { headers: { "content-length": "9", "x-method": request.method } }),
  "/null-body": async () => {
    const name = (f) => {
      try {
        f();
        return "none";
      } catch (e) {
        return e.name;
      }
    };
    const empty = new Response(null, { status: 204 });
    return new Response(
      [
        name(() => new Response("x", { status: 204 })),
        name(() => new Response("x", { status: 304 })),
        name(() => new Response("x", { status: 99 })),
        empty.body,
        JSON.stringify(await empty.text()),
      ].join(" ").replace("  ", " null "),
    );
  },
  "/cookies-out": () => {
    const headers = new Headers();
    headers.append("Set-Cookie", "a=1; Path=/");
    headers.append("set-cookie", "b=2, Expires=Wed, 09 Jun 2027 10:18:14 GMT");
    headers.append("X-List", "one");
    headers.append("x-list", "two");
    return new Response(null, { headers });
  },
  "/cookies-binding": async (request, env) => {
    const response = await env.B.fetch("http://b/cookies");
    return new Response(JSON.stringify(response.headers.getSetCookie()), response);
  },
  "/header-case": (request) => {
    const names = [...request.headers.keys()].filter((n) => n.startsWith("x-m"));
    return new Response(names.join(), { headers: { "x-ANSWER": `${request.headers.get("x-mixed")} v` } });
  },
  "/redirect-binding": async (request, env) => {
    const mode = new URL(request.url).searchParams.get("mode");
    const response = await env.B.fetch("http://b/redirect", { redirect: mode === "where" ? "follow" : mode });
    if (mode === "where") return new Response(`${response.redirected} ${response.url}`);
    return mode === "manual" ? response : new Response(await response.text());
  },
  "/status-text": () => new Response("odd", { status: 299, statusText: "Odd Enough" }),
  "/invalid-status": () => new Response("x", { status: 1000 }),
  "/immutable": async (request, env) => {
    const attempt = (headers) => {
      try {
        headers.set("x", "y");
        return "ok";
      } catch (e) {
        return e.name;
      }
    };
    const response = await env.B.fetch("http://b/ok");
    return new Response([attempt(request.headers), attempt(response.headers), attempt(new Request(request).headers)].join(" "));
  },
  "/unread-body": async (request, env) => {
    const { readable, writable } = new TransformStream();
    const answer = env.B.fetch("http://b/ok", { method: "POST", body: readable });
    const written = writable.getWriter().write(new Uint8Array(8)).then(() => "written", () => "rejected");
    await answer;
    return new Response(await Promise.race([written, scheduler.wait(300).then(() => "waits for ever")]));
  },
  "/abort-binding": async (request, env) => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(new Error("why")), 5);
    const slow = (signal) => env.B.fetch("http://b/slow", { signal }).catch((e) => e);
    const results = await Promise.all([slow(controller.signal), slow(AbortSignal.timeout(5)), slow(AbortSignal.abort())]);
    return new Response(results.map((e, i) => (i === 0 ? String(e) : e.name)).join("|"));
  },
  "/body-errors": async (request, env) => {
    const down = await env.B.fetch("http://b/body-error");
    let n = 0;
    const body = new ReadableStream({
      pull(controller) {
        if (n++ < 2) controller.enqueue(new TextEncoder().encode("x"));
        else controller.error(new RangeError("mid"));
      },
    });
    const up = await env.B.fetch("http://b/saw", { method: "POST", body });
    return new Response([await down.text().catch(String), await up.text()].join("|"));
  },
  "/cancel-body": async (request, env) => {
    const reader = (await env.B.fetch("http://b/endless")).body.getReader();
    const { value } = await reader.read();
    await reader.cancel(new Error("enough"));
    return new Response(value);
  },
  "/any": async (request, env) => Promise.any([env.B.fetch("http://b/hangs"), env.B.fetch("http://b/ok")]),
  "/stream-across": async (request, env, ctx) => {
    const { readable, writable } = new TransformStream();
    const answer = env.B.fetch("http://b/upper", { method: "POST", body: readable });
    const write = async () => {
      const writer = writable.getWriter();
      const encoder = new TextEncoder();
      for (const word of ["hello", " ", "world"]) {
        await writer.write(encoder.encode(word));
        await scheduler.wait(1);
      }
      await writer.close();
    };
    ctx.waitUntil(write());
    return new Response((await answer).body);
  },
  "/text-streams": () => new Response([typeof TextDecoderStream, typeof TextEncoderStream].join(" ")),
  "/globals": () =>
    new Response([typeof fetch, typeof structuredClone, typeof reportError, typeof window, globalThis === self, navigator.userAgent].join(" ")),
  "/fetch-args": async (request, env) => {
    const calls = [
      ["http://b/args", { method: "POST", body: "hi" }],
      [new Request("http://b/args", { method: "PUT", body: "no", headers: { "content-type": "application/x" } }), { body: "yo" }],
      [new URL("http://b/args")],
      ["http://b/args", { method: "POST", body: new URLSearchParams({ a: 1, b: 2 }) }],
    ];
    const texts = await Promise.all(calls.map(async (args) => (await env.B.fetch(...args)).text()));
    return new Response(texts.join("|"));
  },
  "/bad-url": async (request, env) => new Response((await env.B.fetch("/relative").catch((e) => e)).name),
  "/timers": async () => {
    const order = [];
    await new Promise((resolve) => {
      let ticks = 0;
      setTimeout(() => order.push("t5"), 5);
      setTimeout((x) => order.push(x), 1, "t1");
      const cleared = setTimeout(() => order.push("never"), 1);
      clearTimeout(cleared);
      setTimeout(() => order.push("immediate-ish"), 0);
      queueMicrotask(() => order.push("microtask"));
      const id = setInterval(() => {
        if (++ticks === 2) {
          clearInterval(id);
          order.push(`interval${ticks}`);
          resolve();
        }
      }, 10);
    });
    return new Response(order.join());
  },
  "/unhandled": () => {
    Promise.reject(new Error("uncaught rejection of nobody"));
    return new Response("fine");
  },
  "/event-loop": async () => {
    const order = [1];
    const p = Promise.resolve().then(() => order.push(3));
    order.push(2);
    await p;
    await null;
    order.push(4);
    await new Promise((r) => setTimeout(r));
    order.push(5);
    return new Response(order.join(" "));
  },
  "/props": (request, env, ctx) => new Response(`${'{"role":"admin"}'} ${typeof ctx.props}`),
  "/entrypoint": (request, env) => env.ADMIN.fetch(request),
};

export default {
  async fetch(request, env, ctx) {
    const url = new URL(request.url);
    try {
      if (tests[url.pathname]) {
        if (url.pathname === "/pass-through") return tests[url.pathname](request, env, ctx);
        return await tests[url.pathname](request, env, ctx);
      }
      if (url.pathname.startsWith("/p%")) {
        const q = url.searchParams;
        return new Response([url.pathname, url.search, q.get("q"), q.get("e"), q.get("p"), q.get("bad")].join(" "));
      }
      return await env.B.fetch(request);
    } catch (e) {
      if (url.pathname === "/pass-through") throw e;
      const more = url.pathname === "/throw-error" ? ` (instanceof ${e instanceof TypeError})` : url.pathname === "/throw-custom" ? ` ${e instanceof Error}` : "";
      return new Response(`caught ${e}${more}`, { status: 500 });
    }
  },
};
