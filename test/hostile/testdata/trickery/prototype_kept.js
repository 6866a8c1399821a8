// expect: 200 "clean"
// next: 200 "clean"
// next: 200 "polluted"
// It pollutes itself, of which others must see nothing: the healthy Worker is asked all the while.
const clean = {}.polluted ?? "clean";
Object.prototype.toJSON = () => "polluted";
Object.prototype.host = "polluted";

export default { fetch: () => new Response(clean) };
