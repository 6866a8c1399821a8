// expect: 200 "ok"
// expect: fault "Maximum call stack size exceeded"
// limits: cpu_ms=2000
let C = class {};
for (let i = 0; i < 2e4; i++) C = class extends C {};
new C();

export default { fetch: () => new Response("ok") };
