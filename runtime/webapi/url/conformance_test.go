package url_test

import (
	"strconv"
	"testing"

	"github.com/bindery/bindery/runtime/runtimetest"
	"github.com/bindery/bindery/runtime/webapi/webidl"
	"github.com/bindery/bindery/runtime/webapi/wpt"
)

// runTable gives a table to a function in JavaScript, which makes an array of entries of it: key and complaint. The table is read as
// script, which keeps the lone surrogates that Go's strings can't hold.
func runTable(t *testing.T, path, name, fn string) {
	t.Helper()
	data := wpt.Data(t, path)
	count := wpt.NewTally(t, name)
	runtimetest.New(t).Do(func(r *webidl.Realm) {
		v, err := r.VM.RunString("(" + fn + ")(" + string(data) + ")")
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

func TestURLTestData(t *testing.T) {
	for _, file := range []string{"urltestdata.json", "urltestdata-javascript-only.json"} {
		t.Run(file, func(t *testing.T) { runTable(t, "url/resources/"+file, file, constructURLs) })
	}
}

// constructURLs does what WPT's url-constructor, url-origin, url-statics and failure tests do with each row.
const constructURLs = `(rows) => rows.filter((row) => typeof row === "object").map((row) => {
	const args = row.base === null ? [row.input] : [row.input, row.base], faults = [];
	const fault = (what, got, want) => { if (got !== want) faults.push(what + " is " + JSON.stringify(got) + ", want " + JSON.stringify(want)) };
	fault("canParse", URL.canParse(...args), !row.failure);
	fault("parse", URL.parse(...args)?.href, row.failure ? undefined : row.href);
	let url;
	try { url = new URL(...args) } catch (e) { fault("error", String(e), row.failure && "TypeError: Invalid URL string.") }
	if (url) {
		for (const name of ["href", "origin", "protocol", "username", "password", "host", "hostname", "port", "pathname", "search", "hash"]) {
			if (name in row) fault(name, url[name], row[name]);
		}
		fault("searchParams", String(url.searchParams), row.searchParams ?? String(new URLSearchParams(row.search)));
		fault("href after reading searchParams", url.href, row.href);
	}
	if (row.failure && row.base === null) {
		const blank = new URL("about:blank");
		try { blank.href = row.input; fault("href", "set", "refused") } catch (e) { fault("error", e.name, "TypeError") }
		fault("href after a refusal", blank.href, "about:blank");
	}
	return [row.input + " against " + row.base, faults.join("; ")];
})`

func TestSetters(t *testing.T) {
	runTable(t, "url/resources/setters_tests.json", "setters_tests.json", setURLs)
}

// setURLs holds the live searchParams against the URL too.
const setURLs = `(tables) => Object.entries(tables).filter(([name]) => name !== "comment").flatMap(([name, rows]) => rows.map((row) => {
	const url = new URL(row.href), params = url.searchParams, faults = [];
	const fault = (what, got, want) => { if (got !== want) faults.push(what + " is " + JSON.stringify(got) + ", want " + JSON.stringify(want)) };
	url[name] = row.new_value;
	for (const key in row.expected) fault(key, url[key], row.expected[key]);
	if (name !== "search") fault("searchParams", String(params), String(new URLSearchParams(url.search)));
	fault("searchParams", url.searchParams === params, true);
	return [row.href + " " + name + " = " + row.new_value, faults.join("; ")];
}))`
