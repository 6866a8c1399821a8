import { WorkerEntrypoint } from "cloudflare:workers";

class MyError extends Error {
  name = "MyError";
}

export class Admin extends WorkerEntrypoint {
  #private = "Admin";
  async fetch(request) {
    return new Response(`${this.#private} says ${new URL(request.url).pathname} role ${this.ctx.props.role} env ${this.env.V}`);
  }
}

const answers = {
  "/ok": () => new Response("ok"),
  "/echo": (request) => new Response(request.body),
  "/throw-error": () => {
    throw new TypeError("from b");
  },
  "/throw-custom": () => {
    throw new MyError("special");
  },
  "/throw-string": () => {
    throw "just a string";
  },
  "/throw-rejected": async () => {
    await scheduler.wait(1);
    throw new RangeError("later");
  },
  "/no-response": () => ({ not: "a response" }),
  "/cookies": () => new Response("x", { headers: [["set-cookie", "a=1; Path=/"], ["set-cookie", "b=2"]] }),
  "/redirect": (request) => {
    const url = new URL("/landed?n=1", request.url);
    return request.redirect === "manual" ? new Response(null, { status: 302, headers: { location: "/landed?via=302" } }) : Response.redirect(url, 302);
  },
  "/landed": () => new Response("landed"),
  "/slow": async () => {
    await scheduler.wait(100);
    return new Response("slow");
  },
  "/hangs": () => new Promise(() => {}),
  "/body-error": () => {
    let n = 0;
    return new Response(
      new ReadableStream({
        pull(controller) {
          if (n++ === 2) throw new RangeError("in the middle");
          controller.enqueue(new TextEncoder().encode("x"));
        },
      }),
    );
  },
  "/saw": (request) => request.text().then((t) => new Response(`b got ${t}`), (e) => new Response(`b saw ${e}`)),
  "/endless": () => {
    let n = 0;
    return new Response(
      new ReadableStream({
        async pull(controller) {
          await scheduler.wait(1);
          controller.enqueue(new TextEncoder().encode(`x${n++}`));
        },
        cancel(reason) {
          console.log(`b was cancelled: ${reason}`);
        },
      }),
    );
  },
  "/upper": (request) => {
    const decoder = new TextDecoder();
    const encoder = new TextEncoder();
    const upper = new TransformStream({
      transform(chunk, controller) {
        controller.enqueue(encoder.encode(decoder.decode(chunk, { stream: true }).toUpperCase()));
      },
    });
    return new Response(request.body.pipeThrough(upper));
  },
  "/args": async (request) => new Response(`${request.method} ${await request.text()} ${request.headers.get("content-type")}`),
  "/ping-pong": (request, env) => {
    const url = new URL(request.url);
    url.searchParams.set("n", Math.max(0, Number(url.searchParams.get("n")) - 1));
    return env.A.fetch(url);
  },
};

export default {
  fetch(request, env, ctx) {
    return answers[new URL(request.url).pathname](request, env, ctx);
  },
};
