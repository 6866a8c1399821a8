package urlpattern_test

import (
	"strconv"
	"testing"

	"github.com/bindery/bindery/runtime/runtimetest"
	"github.com/bindery/bindery/runtime/webapi/webidl"
	"github.com/bindery/bindery/runtime/webapi/wpt"
)

func TestURLPatternTestData(t *testing.T) {
	data := wpt.Data(t, "urlpattern/resources/urlpatterntestdata.json")
	count := wpt.NewTally(t, "urlpatterntestdata.json")
	runtimetest.New(t).Do(func(r *webidl.Realm) {
		v, err := r.VM.RunString("(" + tryPatterns + ")(" + string(data) + ")")
		if err != nil {
			t.Error(err)
			return
		}
		for _, entry := range r.Sequence(v) {
			pair := r.Sequence(entry)
			count.Check(strconv.Quote(pair[0].String()), pair[1].String())
		}
	})
	count.Done()
}

// tryPatterns does what WPT's urlpattern test does with each row. Where a row doesn't say what a component is, it is what the pattern
// says, or "*" after one that it says, or what the base URL has, or "*".
const tryPatterns = `(rows) => rows.filter((row) => typeof row === "object").map((row, index) => {
	const names = ["protocol", "username", "password", "hostname", "port", "pathname", "search", "hash"], faults = [];
	const fault = (what, got, want) => { if (got !== want) faults.push(what + " is " + JSON.stringify(got) + ", want " + JSON.stringify(want)) };
	const thrown = (fn) => { try { fn(); return "nothing" } catch (e) { return e.name } };
	const { pattern: args, inputs = [], expected_obj: texts, expected_match: match, exactly_empty_components: empty = [] } = row;
	const done = () => [index + " " + JSON.stringify(args) + " " + JSON.stringify(inputs), faults.join("; ")];
	let pattern;
	const failure = thrown(() => { pattern = new URLPattern(...args) });
	fault("error", failure, texts === "error" ? "TypeError" : "nothing");
	if (failure !== "nothing") return done();
	const earlier = { protocol: 0, username: 0, password: 0, hostname: 1, port: 2, pathname: 3, search: 4, hash: 5 };
	const order = ["protocol", "hostname", "port", "pathname", "search"], init = typeof args[0] === "object" ? args[0] : undefined;
	const base = init?.baseURL ?? (typeof args[1] === "string" ? args[1] : undefined);
	const assumed = (name) => {
		if (empty.includes(name)) return "";
		if (init?.[name]) return init[name];
		if (init && order.slice(0, earlier[name]).some((other) => other in init)) return "*";
		if (!base || name === "username" || name === "password") return "*";
		const value = new URL(base)[name];
		return name === "protocol" ? value.slice(0, -1) : name === "search" || name === "hash" ? value.slice(1) : value;
	};
	for (const name of names) fault(name, pattern[name], texts?.[name] ?? assumed(name));
	if (match === "error") {
		fault("test", thrown(() => pattern.test(...inputs)), "TypeError");
		fault("exec", thrown(() => pattern.exec(...inputs)), "TypeError");
		return done();
	}
	fault("test", pattern.test(...inputs), !!match);
	const result = pattern.exec(...inputs);
	if (!match) { fault("exec", result, match ?? null); return done() }
	if (!result) { fault("exec", result, "a match"); return done() }
	const members = (v) => typeof v === "object" ? JSON.stringify(names.map((name) => v[name] ?? null)) : v;
	fault("inputs", result.inputs.map(members).join(), (match.inputs ?? inputs).map(members).join());
	for (const name of names) {
		const want = match[name] ?? { input: "", groups: empty.includes(name) ? {} : { 0: "" } };
		const shown = ({ input, groups }) => JSON.stringify([input, Object.entries(groups).map(([k, v]) => [k, v ?? "(undefined)"]).sort()]);
		fault("result." + name, shown(result[name]), shown(want));
	}
	return done();
})`
