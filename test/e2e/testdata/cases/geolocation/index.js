export default {
  async fetch(request) {
    return new Response(`${typeof request.cf} ${request.cf.country} ${request.cf.city}`);
  },
};
