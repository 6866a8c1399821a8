// Makes one hostile call after another. ask(n) gives the next number below n; trace(text) is told each call before it is made, caught(value)
// what it threw, kept(value) what it gave.
((members, instances, values, names, algorithms, ask, trace, caught, kept) => {
	"use strict";
	const apply = Reflect.apply, construct = Reflect.construct, isPrototypeOf = Object.prototype.isPrototypeOf, then = Promise.prototype.then;
	const pool = [], maxPool = 60;
	let depth = 0, budget = 0, shared;
	const isObject = (v) => typeof v === "object" && v !== null || typeof v === "function";
	function keep(v) {
		if (!isObject(v) || v === globalThis) return;
		if (pool.length < maxPool) pool.push(v);
		else pool[ask(maxPool)] = v;
	}
	function fresh() {
		const i = ask(instances.length);
		let v;
		try { v = instances[i](); } catch { return undefined; } // broken by an earlier step
		keep(v);
		follow(v);
		return v;
	}
	// follow keeps what a promise of ours comes to, as most of the results of asynchronous calls are otherwise never met.
	function follow(v) {
		if (v instanceof Promise) try { apply(then, v, [keep, () => {}]); } catch {}
	}
	const h = {
		next: ask, keep,
		name: () => names[ask(names.length)],
		algorithm: () => algorithms[ask(algorithms.length)],
		shared: () => shared ??= new Uint8Array(32),
		instance: () => ask(3) === 0 || pool.length === 0 ? fresh() : pool[ask(pool.length)],
		pick: () => value(),
		act() {
			if (depth < 3 && budget-- > 0) return step();
		},
	};
	const sources = values.map((v) => "    " + Function.prototype.toString.call(v));
	let nested = 0;
	function value() {
		if (nested > 4) return ask(100);
		nested++;
		try {
			const i = ask(values.length);
			trace(sources[i]);
			return values[i](h);
		} finally { nested--; }
	}
	function receiver(m) {
		const c = ask(10);
		if (c === 0) return value();
		if (c === 1 || typeof m.holder === "function") return m.holder;
		for (const v of pool) {
			let inherits = false;
			try { inherits = apply(isPrototypeOf, m.holder, [v]); } catch {}
			if (inherits && ask(3) > 0) return v;
		}
		for (let i = ask(instances.length), n = 0; n < instances.length; n++, i = (i + 1) % instances.length) {
			if (!instanceOf[i]?.includes(m.holder)) continue;
			return fresh_(i);
		}
		return m.holder;
	}
	function fresh_(i) {
		try { const v = instances[i](); keep(v); return v; } catch { return undefined; }
	}
	const instanceOf = instances.map((make) => {
		const chain = [];
		try { for (let p = Reflect.getPrototypeOf(make()); p; p = Reflect.getPrototypeOf(p)) chain.push(p); } catch {}
		return chain;
	});
	function step() {
		depth++;
		const m = members[ask(members.length)];
		try {
			const args = [];
			for (let n = ask(5); n > 0; n--) args.push(value());
			const self = m.kind === "new" ? undefined : receiver(m);
			trace(`${m.kind} ${m.path} (${args.length} arguments)`);
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
	return (n) => { budget = 20; for (; n > 0; n--) step(); };
})
