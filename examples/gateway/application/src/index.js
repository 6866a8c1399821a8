// What the gateway guards.
export default {
  async fetch(request) {
    const { pathname } = new URL(request.url);
    return new Response(`Hello from the application! You asked for ${pathname}\n`);
  },
};
