import { AutoRouter, cors, error, withParams } from "itty-router";
import * as packages from "./packages";

const { preflight, corsify } = cors({ origin: "https://a.example" });

// Each route is one package, and answers with what it gave as JSON.
const router = AutoRouter({ before: [preflight, withParams], finally: [corsify] });
for (const [name, use] of Object.entries(packages)) router.get(`/${name}`, () => use());
router.get("/itty/:id/:rest+", ({ id, rest, query }) => ({ id, rest, query }));
router.post("/itty", async (request) => ({ got: await request.json() }));
router.get("/itty-error", () => error(422, { reason: "because" }));
router.get("/itty-throws", () => {
  throw new Error("on purpose");
});

export default { ...router };
