// Does no harm, and takes its time.
const pass = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export default {
  async fetch(request) {
    const url = new URL(request.url);
    const number = (name) => Number(url.searchParams.get(name));
    switch (url.pathname) {
      case "/sleep":
        await pass(number("ms"));
        return new Response("slept");
      case "/drip": {
        let n = 0;
        const body = new ReadableStream({
          async pull(controller) {
            await pass(number("ms"));
            controller.enqueue(new TextEncoder().encode(`drop ${n}\n`));
            if (++n === number("n")) controller.close();
          },
        });
        return new Response(body);
      }
      case "/drink": {
        let n = 0;
        for await (const chunk of request.body) {
          n += chunk.byteLength;
          await pass(number("ms"));
        }
        return new Response(String(n));
      }
    }
    return new Response("no such path", { status: 404 });
  },
};
