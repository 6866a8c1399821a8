// expect: 200 "none"
// limits: cpu_ms=3000
export default {
	async fetch() {
		try {
			// Nothing of the runtime's own can be reached from script.
			const found = [];
			const seen = new Set();
			const visit = (o, path) => {
				if ((typeof o !== "object" && typeof o !== "function") || o === null || seen.has(o)) return;
				seen.add(o);
				for (const key of Reflect.ownKeys(o)) {
					const d = Reflect.getOwnPropertyDescriptor(o, key);
					const text = String(key);
					if (/bindery|goja|__depth|realm/i.test(text)) found.push(`${path}.${text}`);
					visit(d.value, `${path}.${text}`);
					visit(d.get, `${path}.get ${text}`);
					visit(d.set, `${path}.set ${text}`);
				}
				visit(Reflect.getPrototypeOf(o), `${path}.__proto__`);
			};
			visit(globalThis, "globalThis");
			return new Response(found.join() || "none");
			return new Response("no error");
		} catch (e) {
			return new Response(`${e.name}: ${e.message}`);
		}
	},
};
