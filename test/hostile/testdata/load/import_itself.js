// expect: 200 "ok"
import * as self from "./index.js";

export default { fetch: () => new Response(typeof self.default.fetch === "function" ? "ok" : "not ok") };
