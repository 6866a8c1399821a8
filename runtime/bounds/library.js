// The long way of built-ins whose loops goja runs in Go: the same steps as script, which can be interrupted at each.
// It is run once in a realm that needs it and must not call anything that script could have replaced: only syntax and what
// it is given. Numbers of steps are in the specification's order, so that proxies and getters see what they should.
(({ put, room, integer, isArray, isConstructor, construct, newArray, text, compare, call, object, slice, symbols }) => {
const { species, isConcatSpreadable, iterator, match } = symbols;
const max = 2 ** 53 - 1;
const lengthOf = (o) => {
	const n = integer(o.length);
	return n <= 0 ? 0 : n > max ? max : n;
};
const relative = (v, n) => {
	v = integer(v);
	return v < 0 ? (v + n > 0 ? v + n : 0) : v < n ? v : n;
};
const callable = (f) => {
	if (typeof f !== "function") throw new TypeErrorClass(text(f) + " is not a function");
	return f;
};
const create = (o, n) => {
	let c;
	if (isArray(o)) {
		c = o.constructor;
		if (typeof c === "object" && c !== null || typeof c === "function") {
			c = c[species];
			if (c === null) c = undefined;
		}
	}
	if (c === undefined) {
		if (n > 2 ** 32 - 1) throw new RangeErrorClass("Invalid array length");
		return newArray(n);
	}
	if (!isConstructor(c)) throw new TypeErrorClass("object.constructor[Symbol.species] is not a constructor");
	return construct(c, n);
};
const move = (o, from, to) => {
	if (from in o) o[to] = o[from];
	else delete o[to];
};
const TypeErrorClass = symbols.TypeError, RangeErrorClass = symbols.RangeError;
const tooLong = () => new TypeErrorClass("Invalid array length");

const sorted = (list, n, f) => {
	// A merge sort from the bottom up: list and spare change places after each round.
	let from = list, to = newArray(0);
	for (let width = 1; width < n; width *= 2) {
		for (let at = 0; at < n; at += 2 * width) {
			let i = at, j = at + width, k = at;
			const middle = j < n ? j : n, end = at + 2 * width < n ? at + 2 * width : n;
			for (j = middle; k < end; k++) {
				const left = i < middle && (j >= end || !(order(from[i], from[j], f) > 0));
				put(to, k, left ? from[i++] : from[j++]);
			}
		}
		const spare = from;
		from = to;
		to = spare;
	}
	return from;
};
const order = (x, y, f) => {
	if (x === undefined) return y === undefined ? 0 : 1;
	if (y === undefined) return -1;
	return f === undefined ? compare(x, y) : +f(x, y);
};
const comparator = (f) => {
	if (f !== undefined && typeof f !== "function") {
		throw new TypeErrorClass("The comparison function must be either a function or undefined");
	}
	return f;
};

const exec = (r, s) => {
	const f = r.exec;
	if (typeof f !== "function") return symbols.exec(r, s);
	const found = call(f, r, s);
	if (typeof found !== "object" && typeof found !== "function") throw new TypeErrorClass("the result of exec is neither an object nor null");
	return found;
};
const same = (x, y) => x === y ? x !== 0 || 1 / x === 1 / y : x !== x && y !== y;
const speciesOf = (r) => {
	let c = r.constructor;
	if (c === undefined) return symbols.RegExp;
	if (typeof c !== "object" && typeof c !== "function" || c === null) throw new TypeErrorClass("The .constructor property is not an object");
	c = c[species];
	if (c === undefined || c === null) return symbols.RegExp;
	if (!isConstructor(c)) throw new TypeErrorClass("object.constructor[Symbol.species] is not a constructor");
	return c;
};
const advance = (s, at, unicode) => {
	if (!unicode || at + 1 >= s.length) return at + 1;
	const c = s[at], d = s[at + 1];
	return c >= "\ud800" && c <= "\udbff" && d >= "\udc00" && d <= "\udfff" ? at + 2 : at + 1;
};
const has = (flags, flag) => {
	for (let i = 0; i < flags.length; i++) if (flags[i] === flag) return true;
	return false;
};
const every = (r, s, found) => {
	const flags = text(r.flags);
	if (!has(flags, "g")) {
		const m = exec(r, s);
		if (m !== null) found(m);
		return;
	}
	const unicode = has(flags, "u") || has(flags, "v");
	r.lastIndex = 0;
	for (let m; (m = exec(r, s)) !== null;) {
		room(256);
		found(m);
		if (text(m[0]) === "") {
			const at = integer(r.lastIndex);
			r.lastIndex = advance(s, at < 0 ? 0 : at, unicode);
		}
	}
};

return {
	every(f, self) {
		const n = lengthOf(this);
		callable(f);
		for (let k = 0; k < n; k++) if (k in this && !call(f, self, this[k], k, this)) return false;
		return true;
	},
	some(f, self) {
		const n = lengthOf(this);
		callable(f);
		for (let k = 0; k < n; k++) if (k in this && call(f, self, this[k], k, this)) return true;
		return false;
	},
	forEach(f, self) {
		const n = lengthOf(this);
		callable(f);
		for (let k = 0; k < n; k++) if (k in this) call(f, self, this[k], k, this);
	},
	map(f, self) {
		const n = lengthOf(this);
		callable(f);
		const a = create(this, n);
		for (let k = 0; k < n; k++) if (k in this) put(a, k, call(f, self, this[k], k, this));
		return a;
	},
	filter(f, self) {
		const n = lengthOf(this);
		callable(f);
		const a = create(this, 0);
		for (let k = 0, to = 0; k < n; k++) {
			if (!(k in this)) continue;
			const v = this[k];
			if (call(f, self, v, k, this)) put(a, to++, v);
		}
		return a;
	},
	find(f, self) {
		const n = lengthOf(this);
		callable(f);
		for (let k = 0; k < n; k++) {
			const v = this[k];
			if (call(f, self, v, k, this)) return v;
		}
	},
	findIndex(f, self) {
		const n = lengthOf(this);
		callable(f);
		for (let k = 0; k < n; k++) if (call(f, self, this[k], k, this)) return k;
		return -1;
	},
	findLast(f, self) {
		const n = lengthOf(this);
		callable(f);
		for (let k = n - 1; k >= 0; k--) {
			const v = this[k];
			if (call(f, self, v, k, this)) return v;
		}
	},
	findLastIndex(f, self) {
		const n = lengthOf(this);
		callable(f);
		for (let k = n - 1; k >= 0; k--) if (call(f, self, this[k], k, this)) return k;
		return -1;
	},
	reduce(f, ...initial) {
		const n = lengthOf(this);
		callable(f);
		let k = 0, sum;
		if (initial.length > 0) sum = initial[0];
		else {
			while (k < n && !(k in this)) k++;
			if (k >= n) throw new TypeErrorClass("Reduce of empty array with no initial value");
			sum = this[k++];
		}
		for (; k < n; k++) if (k in this) sum = f(sum, this[k], k, this);
		return sum;
	},
	reduceRight(f, ...initial) {
		const n = lengthOf(this);
		callable(f);
		let k = n - 1, sum;
		if (initial.length > 0) sum = initial[0];
		else {
			while (k >= 0 && !(k in this)) k--;
			if (k < 0) throw new TypeErrorClass("Reduce of empty array with no initial value");
			sum = this[k--];
		}
		for (; k >= 0; k--) if (k in this) sum = f(sum, this[k], k, this);
		return sum;
	},
	indexOf(x, from) {
		const n = lengthOf(this);
		if (n === 0) return -1;
		for (let k = relative(from, n); k < n; k++) if (k in this && this[k] === x) return k;
		return -1;
	},
	lastIndexOf(x, ...from) {
		const n = lengthOf(this);
		if (n === 0) return -1;
		let k = n - 1;
		if (from.length > 0) {
			const at = integer(from[0]);
			k = at < 0 ? n + at : at < k ? at : k;
		}
		for (; k >= 0; k--) if (k in this && this[k] === x) return k;
		return -1;
	},
	includes(x, from) {
		const n = lengthOf(this);
		if (n === 0) return false;
		for (let k = relative(from, n); k < n; k++) {
			const v = this[k];
			if (v === x || v !== v && x !== x) return true;
		}
		return false;
	},
	fill(v, start, end) {
		const n = lengthOf(this);
		let k = relative(start, n);
		const last = end === undefined ? n : relative(end, n);
		const grows = isArray(this);
		if (grows && last > k) room(0, last);
		for (; k < last; k++) {
			if (grows) room(16, k);
			this[k] = v;
		}
		return this;
	},
	reverse() {
		const n = lengthOf(this);
		for (let low = 0; low < (n - n % 2) / 2; low++) {
			const high = n - low - 1;
			let x, y;
			const hasLow = low in this;
			if (hasLow) x = this[low];
			const hasHigh = high in this;
			if (hasHigh) y = this[high];
			if (hasHigh) this[low] = y;
			else if (hasLow) delete this[low];
			if (hasLow) this[high] = x;
			else if (hasHigh) delete this[high];
		}
		return this;
	},
	copyWithin(target, start, end) {
		const n = lengthOf(this);
		let to = relative(target, n), from = relative(start, n);
		const last = end === undefined ? n : relative(end, n);
		let count = last - from < n - to ? last - from : n - to, step = 1;
		if (from < to && to < from + count) {
			step = -1;
			from += count - 1;
			to += count - 1;
		}
		for (; count > 0; count--, from += step, to += step) move(this, from, to);
		return this;
	},
	shift() {
		const n = lengthOf(this);
		if (n === 0) {
			this.length = 0;
			return undefined;
		}
		const first = this[0];
		for (let k = 1; k < n; k++) move(this, k, k - 1);
		delete this[n - 1];
		this.length = n - 1;
		return first;
	},
	unshift(...items) {
		const n = lengthOf(this), count = items.length;
		if (count > 0) {
			if (n + count > max) throw tooLong();
			for (let k = n - 1; k >= 0; k--) move(this, k, k + count);
			for (let i = 0; i < count; i++) this[i] = items[i];
		}
		return this.length = n + count;
	},
	splice(...args) {
		const n = lengthOf(this), start = relative(args[0], n);
		const items = args.length > 2 ? args.length - 2 : 0;
		let count = 0;
		if (args.length === 1) count = n - start;
		else if (args.length > 1) {
			count = integer(args[1]);
			count = count < 0 ? 0 : count > n - start ? n - start : count;
		}
		if (n - count + items > max) throw tooLong();
		const removed = create(this, count);
		for (let k = 0; k < count; k++) if (start + k in this) put(removed, k, this[start + k]);
		removed.length = count;
		if (items < count) {
			for (let k = start; k < n - count; k++) move(this, k + count, k + items);
			for (let k = n; k > n - count + items; k--) delete this[k - 1];
		} else if (items > count) {
			for (let k = n - count; k > start; k--) move(this, k + count - 1, k + items - 1);
		}
		for (let i = 0; i < items; i++) this[start + i] = args[i + 2];
		this.length = n - count + items;
		return removed;
	},
	slice(start, end) {
		const n = lengthOf(this);
		let k = relative(start, n), to = 0;
		const last = end === undefined ? n : relative(end, n);
		const a = create(this, last > k ? last - k : 0);
		for (; k < last; k++, to++) if (k in this) put(a, to, this[k]);
		a.length = to;
		return a;
	},
	concat(...items) {
		const a = create(this, 0);
		let to = 0;
		for (let i = -1; i < items.length; i++) {
			const item = i < 0 ? this : items[i];
			let spread = false;
			if (typeof item === "object" && item !== null || typeof item === "function") {
				spread = item[isConcatSpreadable];
				spread = spread === undefined ? isArray(item) : !!spread;
			}
			if (!spread) {
				if (to >= max) throw tooLong();
				put(a, to++, item);
				continue;
			}
			const n = lengthOf(item);
			if (to + n > max) throw tooLong();
			for (let k = 0; k < n; k++, to++) if (k in item) put(a, to, item[k]);
		}
		a.length = to;
		return a;
	},
	flat(depth) {
		const n = lengthOf(this);
		depth = depth === undefined ? 1 : integer(depth);
		const a = create(this, 0), stack = newArray(0);
		let to = 0, level = 0;
		stack[0] = { o: this, n, k: 0 };
		while (level >= 0) {
			const top = stack[level];
			if (top.k >= top.n) {
				level--;
				continue;
			}
			const k = top.k++;
			if (!(k in top.o)) continue;
			const v = top.o[k];
			if (level < depth && isArray(v)) {
				if (level > 5000) throw new RangeErrorClass("Maximum call stack size exceeded");
				stack[++level] = { o: v, n: lengthOf(v), k: 0 };
			} else put(a, to++, v);
		}
		return a;
	},
	flatMap(f, self) {
		const n = lengthOf(this);
		callable(f);
		const a = create(this, 0);
		for (let k = 0, to = 0; k < n; k++) {
			if (!(k in this)) continue;
			const v = call(f, self, this[k], k, this);
			if (!isArray(v)) {
				put(a, to++, v);
				continue;
			}
			const m = lengthOf(v);
			for (let i = 0; i < m; i++) if (i in v) put(a, to++, v[i]);
		}
		return a;
	},
	sort(f) {
		comparator(f);
		const n = lengthOf(this), list = newArray(0);
		let count = 0;
		for (let k = 0; k < n; k++) if (k in this) put(list, count++, this[k]);
		const result = sorted(list, count, f);
		for (let k = 0; k < count; k++) this[k] = result[k];
		for (let k = count; k < n; k++) if (k in this) delete this[k];
		return this;
	},
	toSorted(f) {
		comparator(f);
		const n = lengthOf(this), list = newArray(0);
		if (n > 2 ** 32 - 1) throw new RangeErrorClass("Invalid array length");
		for (let k = 0; k < n; k++) put(list, k, this[k]);
		return sorted(list, n, f);
	},
	toReversed() {
		const n = lengthOf(this), a = newArray(0);
		if (n > 2 ** 32 - 1) throw new RangeErrorClass("Invalid array length");
		for (let k = 0; k < n; k++) put(a, k, this[n - k - 1]);
		return a;
	},
	toSpliced(...args) {
		const n = lengthOf(this), start = relative(args[0], n);
		const items = args.length > 2 ? args.length - 2 : 0;
		let skip = 0, k = 0;
		if (args.length === 1) skip = n - start;
		else if (args.length > 1) {
			skip = integer(args[1]);
			skip = skip < 0 ? 0 : skip > n - start ? n - start : skip;
		}
		const size = n - skip + items;
		if (size > max) throw tooLong();
		if (size > 2 ** 32 - 1) throw new RangeErrorClass("Invalid array length");
		const a = newArray(0);
		for (; k < start; k++) put(a, k, this[k]);
		for (let i = 0; i < items; i++, k++) put(a, k, args[i + 2]);
		for (let from = start + skip; k < size; k++, from++) put(a, k, this[from]);
		return a;
	},
	with(at, v) {
		const n = lengthOf(this), i = integer(at), index = i < 0 ? n + i : i;
		if (index >= n || index < 0) throw new RangeErrorClass("Invalid index " + text(at));
		if (n > 2 ** 32 - 1) throw new RangeErrorClass("Invalid array length");
		const a = newArray(0);
		for (let k = 0; k < n; k++) put(a, k, k === index ? v : this[k]);
		return a;
	},
	// from is Array.from of an object that is no iterable.
	from(items, f, self) {
		const n = lengthOf(items);
		const a = this !== symbols.Array && isConstructor(this) ? construct(this, n) : newArray(0);
		for (let k = 0; k < n; k++) put(a, k, f === undefined ? items[k] : call(f, self, items[k], k));
		a.length = n;
		return a;
	},
	// numbers fills a typed array, or what behaves like one, from an array-like.
	numbers(o) {
		const n = this.length;
		for (let k = 0; k < n; k++) this[k] = o[k];
		return this;
	},
	// list is CreateListFromArrayLike.
	list(o) {
		const n = lengthOf(o), a = newArray(0);
		if (n > symbols.maxArguments) throw new RangeErrorClass("Maximum call stack size exceeded");
		for (let k = 0; k < n; k++) put(a, k, o[k]);
		return a;
	},
	match(s) {
		s = text(s);
		if (!has(text(this.flags), "g")) return exec(this, s);
		const a = newArray(0);
		let n = 0;
		every(this, s, (m) => put(a, n++, text(m[0])));
		return n === 0 ? null : a;
	},
	replace(s, replacement) {
		s = text(s);
		const f = typeof replacement === "function" ? replacement : null;
		if (f === null) replacement = text(replacement);
		const found = newArray(0);
		let n = 0;
		every(this, s, (m) => put(found, n++, m));
		const result = symbols.builder();
		let next = 0;
		for (let i = 0; i < n; i++) {
			const m = found[i], count = lengthOf(m), matched = text(m[0]), args = newArray(0);
			let at = integer(m.index), k = 0;
			at = at < 0 ? 0 : at > s.length ? s.length : at;
			put(args, k++, matched);
			for (let j = 1; j < count; j++) put(args, k++, m[j] === undefined ? undefined : text(m[j]));
			put(args, k++, at);
			put(args, k++, s);
			const groups = m.groups;
			if (groups !== undefined) put(args, k++, f === null ? object(groups) : groups);
			const r = f === null ? symbols.substitute(replacement, args) : text(symbols.apply(f, args));
			if (at >= next) {
				result(slice(s, next, at));
				result(r);
				next = at + matched.length;
			}
		}
		if (next < s.length) result(slice(s, next, s.length));
		return result();
	},
	split(s, limit) {
		s = text(s);
		const c = speciesOf(this);
		let flags = text(this.flags);
		const unicode = has(flags, "u") || has(flags, "v");
		// Not sticky as in the specification: that would look at each place of the text by itself.
		if (!has(flags, "g")) flags += "g";
		const r = construct(c, this, flags), a = newArray(0), most = limit === undefined ? 2 ** 32 - 1 : limit >>> 0;
		let n = 0, from = 0, at = 0;
		if (most === 0) return a;
		while (at < s.length) {
			r.lastIndex = at;
			const m = exec(r, s);
			if (m === null) break;
			const end = integer(r.lastIndex), begin = integer(m.index);
			if (begin >= s.length) break;
			if (end === from || end === begin && begin === from) {
				at = advance(s, end > at ? end : at, unicode);
				continue;
			}
			put(a, n++, slice(s, from, begin));
			if (n === most) return a;
			const count = lengthOf(m);
			for (let i = 1; i < count; i++) {
				put(a, n++, m[i]);
				if (n === most) return a;
			}
			from = end;
			at = end === begin ? advance(s, end, unicode) : end;
		}
		put(a, n++, slice(s, from, s.length));
		return a;
	},
	// splitAny and search are for regular expressions that script has changed, to the letter of the specification.
	splitAny(s, limit) {
		s = text(s);
		const c = speciesOf(this), flags = text(this.flags), unicode = has(flags, "u") || has(flags, "v");
		const r = construct(c, this, has(flags, "y") ? flags : flags + "y"), a = newArray(0);
		const most = limit === undefined ? 2 ** 32 - 1 : limit >>> 0, size = s.length;
		let n = 0, from = 0, at = 0;
		if (most === 0) return a;
		if (size === 0) {
			if (exec(r, s) === null) put(a, 0, s);
			return a;
		}
		while (at < size) {
			r.lastIndex = at;
			const m = exec(r, s);
			let end = m === null ? from : integer(r.lastIndex);
			if (end > size) end = size;
			if (m === null || end === from) {
				at = advance(s, at, unicode);
				continue;
			}
			put(a, n++, slice(s, from, at));
			if (n === most) return a;
			from = end < 0 ? 0 : end;
			const count = lengthOf(m);
			for (let i = 1; i < count; i++) {
				put(a, n++, m[i]);
				if (n === most) return a;
			}
			at = from;
		}
		put(a, n++, slice(s, from, size));
		return a;
	},
	search(s) {
		s = text(s);
		const before = this.lastIndex;
		if (!same(before, 0)) this.lastIndex = 0;
		const m = exec(this, s), now = this.lastIndex;
		if (!same(now, before)) this.lastIndex = before;
		return m === null ? -1 : m.index;
	},
};
})
