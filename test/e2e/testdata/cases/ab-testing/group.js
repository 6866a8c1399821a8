export default {
  fetch(request, env) {
    return new Response(`${env.GROUP} ${new URL(request.url).pathname}`);
  },
};
