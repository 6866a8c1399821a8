// Makes one hostile call after another. ask(n) gives the next number below n; trace(text) is told each call before it is made, caught(value)
// what it threw, kept(value) what it gave. It must work on where built-ins have been replaced, so it uses none but those that it has saved.
((members, builtins, instances, values, names, algorithms, ask, trace, caught, kept) => {
	"use strict";
	const { apply, construct, defineProperty, deleteProperty, getPrototypeOf } = Reflect;
	const isPrototypeOf = Object.prototype.isPrototypeOf, then = Promise.prototype.then, NativePromise = Promise, objectPrototype = Object.prototype, NativeError = Error;
	const pool = [], maxPool = 60;
	let depth = 0, budget = 0, nested = 0, shared;
	const sources = [];
	for (let i = 0; i < values.length; i++) sources[i] = "    " + values[i];
	const isObject = (v) => typeof v === "object" && v !== null || typeof v === "function";
	const add = (list, v) => defineProperty(list, list.length, { __proto__: null, value: v, writable: true, enumerable: true, configurable: true });
	function keep(v) {
		if (!isObject(v) || v === globalThis) return;
		if (pool.length < maxPool) add(pool, v);
		else pool[ask(maxPool)] = v;
	}
	function make(i) {
		let v;
		try { v = instances[i](); } catch { return undefined; } // broken by an earlier step
		keep(v);
		follow(v);
		return v;
	}
	// follow keeps what a promise of ours comes to, as most of the results of asynchronous calls are otherwise never met.
	function follow(v) {
		try { if (v instanceof NativePromise) apply(then, v, [keep, () => {}]); } catch {}
	}
	const h = {
		__proto__: null, next: ask, keep,
		name: () => names[ask(names.length)],
		algorithm: () => algorithms[ask(algorithms.length)],
		shared: () => shared ??= new Uint8Array(32),
		instance: () => ask(3) === 0 || pool.length === 0 ? make(ask(instances.length)) : pool[ask(pool.length)],
		pick: () => value(),
		act() {
			if (depth < 3 && budget-- > 0) return step();
		},
	};
	function value() {
		if (nested > 4) return ask(100);
		nested++;
		try {
			const i = ask(values.length);
			trace(sources[i]);
			return values[i](h);
		} catch { // it uses a built-in that is gone
		} finally { nested--; }
	}
	function receiver(m) {
		const c = ask(10);
		if (c === 0) return value();
		if (c === 1 || typeof m.holder === "function") return m.holder;
		for (let i = 0; i < pool.length; i++) {
			let inherits = false;
			try { inherits = apply(isPrototypeOf, m.holder, [pool[i]]); } catch {}
			if (inherits && ask(3) > 0) return pool[i];
		}
		for (let i = ask(instances.length), n = 0; n < instances.length; n++, i = (i + 1) % instances.length) {
			for (let k = 0; k < chains[i].length; k++) if (chains[i][k] === m.holder) return make(i);
		}
		return m.holder;
	}
	const chains = [];
	for (let i = 0; i < instances.length; i++) {
		chains[i] = [];
		try { for (let p = getPrototypeOf(instances[i]()); p; p = getPrototypeOf(p)) add(chains[i], p); } catch {}
	}
	function step() {
		depth++;
		const m = members[ask(members.length)];
		try {
			const args = [];
			for (let n = ask(5); n > 0; n--) add(args, value());
			const self = m.kind === "new" ? undefined : receiver(m);
			trace(m.kind + " " + m.path);
			let v;
			if (m.kind === "new") v = ask(6) === 0 ? construct(m.fn, args, class extends Object {}) : construct(m.fn, args);
			else v = apply(m.fn, self, args);
			keep(v);
			if (kept(v)) follow(v);
			return v;
		} catch (e) {
			caught(e);
		} finally {
			trace("");
			depth--;
		}
	}
	// pollute takes built-ins away, or puts something else in their place, and gives all objects accessors.
	function pollute(n) {
		for (; n > 0; n--) {
			let holder = objectPrototype, key = h.name(), what = "get Object.prototype." + key;
			const how = ask(8);
			if (how < 6) {
				const m = builtins[ask(builtins.length)];
				holder = m.holder, key = m.key, what = m.path;
			}
			trace("pollute " + what + " " + how);
			const d = { __proto__: null, configurable: true };
			switch (how) {
			case 0: case 1:
				try { deleteProperty(holder, key); } catch {}
				continue;
			case 2: d.value = () => { throw new NativeError("hostile built-in"); }; break;
			case 3: d.value = undefined; break;
			case 4: d.value = () => value(); break;
			case 5: d.value = value(); break;
			case 6: d.get = () => { h.act(); return value(); }; d.set = () => {}; break;
			default: d.get = () => { throw new NativeError("hostile accessor"); }; d.set = () => { throw new NativeError("hostile accessor"); };
			}
			try { defineProperty(holder, key, d); } catch {}
		}
	}
	return { __proto__: null, steps(n) { budget = 20; for (; n > 0; n--) step(); }, pollute };
})
