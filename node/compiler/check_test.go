package compiler

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/bindery/bindery/runtime"
	"github.com/bindery/bindery/runtime/bundle"
)

// candidate bundles source as the client does.
func candidate(t *testing.T, source string) Candidate {
	t.Helper()
	c := start(t, Limits{})
	o := entry(t, source)
	o.Provided = runtime.Provided()
	built, err := c.Build(t.Context(), "w", o)
	if err != nil {
		t.Fatal(err)
	}
	return Candidate{Worker: "w", Bundle: built.Bundle}
}

func TestCheck(t *testing.T) {
	good := candidate(t, `
		import { WorkerEntrypoint } from "cloudflare:workers";
		export class Admin extends WorkerEntrypoint { fetch() {} }
		export const trap = { get fetch() { throw new Error("a getter"); } };
		export const other = { fetch() {}, limit: 3 };
		export const data = { n: 1 };
		export function helper() {}
		export default { fetch() {}, async scheduled() {} };`)
	needs := candidate(t, `
		import { env } from "cloudflare:workers";
		const n = env.LIMITS.n + env.KEY.length;
		if (typeof env.AUTH.fetch !== "function") throw new Error("no service");
		export default { fetch() { return new Response(n); } };`)
	throws := candidate(t, `
		function broken() {
			throw new TypeError("not today");
		}
		export default { fetch() {} };
		broken();`)
	endless := candidate(t, `for (;;); export default {};`)
	awaits := candidate(t, `await new Promise(() => {}); export default {};`)
	refused := Candidate{Worker: "w", Bundle: &bundle.Bundle{Name: "w.js", Code: []byte("var a = 1;\nlet let = 2;\nexport { a as default };\n")}}
	hungry := candidate(t, `const all = []; for (;;) all.push(new Uint8Array(8 << 20)); export default {};`)
	given := needs
	given.Text, given.JSON, given.Services = map[string]string{"KEY": "abc"}, map[string]json.RawMessage{"LIMITS": []byte(`{"n":1}`)}, []string{"AUTH"}
	found := Check(t.Context(), Limits{Memory: 2 << 30}, []Candidate{good, given, needs, throws, endless, awaits, refused, hungry, good})
	for i, want := range []string{
		"[{default false [fetch scheduled]} {Admin true []} {other false [fetch]}] <nil>",
		"[{default false [fetch]}] <nil>",
		`[] its top-level code failed: TypeError: Cannot read property 'n' of undefined`,
		`[] its top-level code failed: TypeError: not today at i.js:3: 			throw new TypeError("not today");`,
		`[] its top-level code failed: Worker exceeded CPU time limit. (its top-level code`,
		`[] its top-level code failed: top-level await never settled`,
		`[] w.js:2:5: "let" is a reserved word`,
		`[] its top-level code failed: Worker exceeded memory limit.`,
		"[{default false [fetch scheduled]} {Admin true []} {other false [fetch]}] <nil>",
	} {
		got := fmt.Sprint(found[i].Entrypoints, " ", found[i].Err)
		var e *TopLevelError
		if errors.As(found[i].Err, &e) && e.Messages[0].Location != nil {
			at := e.Messages[0].Location
			got += fmt.Sprintf(" at %s:%d: %s", at.File, at.Line, at.LineText)
		}
		if !strings.HasPrefix(got, want) {
			t.Errorf("candidate %d: got  %s\nwant %s", i, got, want)
		}
	}
	// What ends the child is one candidate's fault.
	found = Check(t.Context(), Limits{CPU: 300 * time.Millisecond}, []Candidate{endless, good})
	var e *Error
	if !errors.As(found[0].Err, &e) || e.Cause != CPU || found[1].Err != nil {
		t.Errorf("got %v, and then %v", found[0].Err, found[1].Err)
	}
}
