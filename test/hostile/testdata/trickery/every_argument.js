// expect: 200 "right"
// limits: cpu_ms=8000
// Every function that can be reached is called on and with what it does not expect.
function values() {
	const noExec = /x/, nullExec = /x/g, detached = new ArrayBuffer(8), bytes = new Uint8Array(detached), view = new DataView(detached);
	noExec.exec = undefined;
	nullExec.exec = null;
	structuredClone(detached, { transfer: [detached] });
	return [
		undefined, null, 1, -1, 2 ** 31, NaN, 1.5, "x", "", 10n, Symbol.iterator, true, {}, [], [1, [2]], [[1, 2]],
		() => {}, function () {}, class {}, new Proxy({}, {}), new Proxy([], {}), new Proxy(function () {}, {}), Object.create(null), Object.freeze([1, 2]),
		noExec, nullExec, /y/g, new Map(), new Set([1]), new WeakMap(), new Date(), new Date(NaN),
		new Uint8Array(2), new Float64Array(3), new BigInt64Array(1), new ArrayBuffer(8), new DataView(new ArrayBuffer(4)), detached, bytes, view, Promise.resolve(),
		{ valueOf: null, toString: null }, { length: 2, 0: 1 }, { length: -1 }, { length: 3, get 0() { throw new Error("get 0"); } },
		{ size: 1, has: undefined, keys: undefined }, { size: 1, has: () => true, keys: () => ({ next: undefined }) }, { size: 1, has() {}, keys: () => ({}) },
		{ [Symbol.iterator]: undefined }, { [Symbol.iterator]: () => ({}) }, { [Symbol.iterator]: () => ({ next: () => ({ done: true }) }) }, { next: undefined },
		{ then: undefined }, { then() {} }, { get constructor() {} }, { constructor: null }, { constructor: { [Symbol.species]: null } },
		{ constructor: { [Symbol.species]: function () { return {}; } } },
		{ exec: undefined }, { exec: () => null, flags: "g" }, { exec: () => ({}), flags: "" }, { [Symbol.match]: true },
		{ [Symbol.toPrimitive]: undefined }, { [Symbol.toPrimitive]: () => ({}) }, new Error("x"), { get: undefined, set: undefined }, { raw: undefined }, { raw: { length: 1 } },
		(function () { return arguments; })(1, 2), new String("ab"), new Number(1), Object(Symbol()), (function* () { yield 1; })(), [1, 2][Symbol.iterator](),
		new Map([[1, 2]]).entries(), "ab"[Symbol.iterator](), "x".matchAll(/x/g),
	];
}

const functions = new Map(), seen = new Set();
function walk(path, o, depth) {
	if ((typeof o !== "object" && typeof o !== "function") || o === null || seen.has(o) || depth > 4) return;
	seen.add(o);
	if (typeof o === "function") functions.set(path, o);
	for (const key of Reflect.ownKeys(o)) {
		const d = Reflect.getOwnPropertyDescriptor(o, key), at = `${path}.${String(key)}`;
		walk(at, d.value, depth + 1);
		walk(`${at} get`, d.get, depth + 1);
	}
	walk(`${path}.__proto__`, Object.getPrototypeOf(o), depth + 1);
}
for (const name of Reflect.ownKeys(globalThis)) if (!["console", "globalThis", "self"].includes(name)) walk(String(name), globalThis[name], 0);
const iterators = [(function* () {})(), [][Symbol.iterator](), new Map().entries(), new Set().values(), ""[Symbol.iterator](), "x".matchAll(/x/g), Iterator.from([]).map((x) => x), (async function* () {})()];
for (const o of iterators) walk(Object.prototype.toString.call(o), o, 1);

// Those that change what all the others stand on, or go on by themselves.
const left = /structuredClone|setTimeout|setInterval|queueMicrotask|reportError|crypto|Crypto|scheduler|fetch|EventListener|repeat|pad(Start|End)|define(Setter|Getter|Propert)|setPrototypeOf|assign|freeze|seal|preventExtensions|deleteProperty|Reflect\.set/;
const { apply, construct } = Reflect;
let state = 12345;
const random = (n) => (state = (state * 1103515245 + 12345) & 0x7fffffff, (state >> 8) % n);

export default {
	async fetch() {
		let calls = 0;
		for (const [path, f] of functions) {
			if (left.test(path)) continue;
			const list = values();
			for (let i = 0; i < list.length; i++) {
				const args = [];
				for (let n = random(4); n > 0; n--) args.push(list[random(list.length)]);
				try {
					calls++;
					const r = i % 5 ? apply(f, list[i], args) : construct(f, args);
					if (r instanceof Promise) r.catch(() => {});
					if (typeof r?.next === "function") r.next();
				} catch {}
			}
		}
		return new Response(calls > 10000 ? "right" : String(calls));
	},
};
