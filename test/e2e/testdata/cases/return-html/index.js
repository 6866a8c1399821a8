const html = `<!DOCTYPE html>
<body>
  <h1>Hello World</h1>
  <p>This markup was made by a Worker, für \u2603.</p>
</body>`;

export default {
  async fetch(request) {
    return new Response(html, { headers: { "content-type": "text/html;charset=UTF-8" } });
  },
};
