let times = 0;
export default {
  async scheduled(controller, env, ctx) {
    ctx.waitUntil(Promise.resolve(times++));
  },
  async fetch() {
    return new Response(`ran ${times} times`);
  },
};
