// Walks all that can be reached from the global object and the given instances, without calling anything but getters of namespaces. Gives
// a list of {path, kind, holder, key, fn}: kind is "call", "new", "get" or "set".
((instances) => {
	"use strict";
	const seen = new Set(), members = [];
	const isObject = (v) => typeof v === "object" && v !== null || typeof v === "function";
	const step = (path, key) => typeof key === "symbol" ? `${path}[${key.description}]` : path === "" ? key : `${path}.${key}`;
	const skip = new Set(["", "globalThis", "self"]); // the global object under its own names
	const isConstructor = (fn) => {
		try { Reflect.construct(Object, [], fn); return true; } catch { return false; }
	};
	function walk(path, object, depth) {
		if (!isObject(object) || seen.has(object) || depth > 6) return;
		seen.add(object);
		for (const key of Reflect.ownKeys(object)) {
			if (key === "constructor" && depth > 0) continue;
			const at = step(path, key), d = Reflect.getOwnPropertyDescriptor(object, key);
			if (!d || path === "" && skip.has(key)) continue;
			if (d.get) members.push({ path: at, kind: "get", holder: object, key, fn: d.get });
			if (d.set) members.push({ path: at, kind: "set", holder: object, key, fn: d.set });
			if (typeof d.value === "function") {
				if (!seen.has(d.value)) {
					members.push({ path: at, kind: "call", holder: object, key, fn: d.value });
					if (isConstructor(d.value)) members.push({ path: at, kind: "new", holder: object, key, fn: d.value });
				}
			}
			if (isObject(d.value)) walk(at, d.value, depth + 1);
			if (d.get && depth < 2) {
				let v;
				try { v = Reflect.apply(d.get, object, []); } catch { continue; }
				if (isObject(v) && Object.prototype.toString.call(v) !== "[object Promise]") walk(at, v, depth + 1);
			}
		}
		const proto = Reflect.getPrototypeOf(object);
		if (proto) walk(`${path}.__proto__`, proto, depth + 1);
	}
	walk("", globalThis, 0);
	instances.forEach((v, i) => walk(`#${i}`, v, 1));
	return members;
})
