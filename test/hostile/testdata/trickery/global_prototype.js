// expect: 200 "true"
let changed = true;
try {
	Object.setPrototypeOf(globalThis, null);
} catch {
	changed = false;
}
const R = globalThis.Response;

export default { fetch: () => new (R ?? Response)(String(typeof changed === "boolean")) };
