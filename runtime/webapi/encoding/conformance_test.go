package encoding_test

import (
	"strconv"
	"testing"

	"github.com/bindery/bindery/runtime/runtimetest"
	"github.com/bindery/bindery/runtime/webapi/webidl"
	"github.com/bindery/bindery/runtime/webapi/wpt"
)

func TestLabels(t *testing.T) {
	data := wpt.Data(t, "encoding/resources/encodings.json")
	count := wpt.NewTally(t, "encodings.json")
	runtimetest.New(t).Do(func(r *webidl.Realm) {
		v, err := r.VM.RunString("(" + tryLabels + ")(" + string(data) + ")")
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

// tryLabels does what WPT's textdecoder-labels, api-invalid-label and api-replacement-encodings tests do with each label.
const tryLabels = `(sections) => sections.flatMap((section) => section.encodings).flatMap(({ name, labels }) => labels.map((label) => {
	const faults = [];
	const made = (label) => { try { return new TextDecoder(label).encoding } catch (e) { return e.name } };
	const fault = (label, want) => { if (made(label) !== want) faults.push(JSON.stringify(label) + " is " + made(label) + ", want " + want) };
	const want = name === "replacement" ? "RangeError" : name.toLowerCase();
	for (const space of ["", " ", "\t", "\n", "\f", "\r"]) {
		for (const form of [label, label.toUpperCase()]) {
			fault(space + form, want);
			fault(form + space, want);
			fault(space + form + space, want);
		}
	}
	for (const space of ["\0", "\v", "\u00a0", "\u2028", "\u2029"]) {
		fault(space + label, "RangeError");
		fault(label + space, "RangeError");
	}
	return [label, faults.join("; ")];
}))`
