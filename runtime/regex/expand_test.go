package regex_test

import (
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/regex"
)

// TestExpandPatternAgreesWithV8 compares goja, given the expanded pattern, with what V8 made of the original one.
func TestExpandPatternAgreesWithV8(t *testing.T) {
	text, err := os.ReadFile("testdata/oracle.json")
	if err != nil {
		t.Fatal(err)
	}
	var oracle struct {
		Strings []string
		Cases   []struct {
			Source, Flags, Error string
			Matches              []*string
		}
	}
	if err := json.Unmarshal(text, &oracle); err != nil {
		t.Fatal(err)
	}
	rt := goja.New()
	match, err := rt.RunString(`(source, flags, strings) => {
		const re = new RegExp(source, flags);
		return JSON.stringify(strings.map(unescape).map((s) => s.match(re)?.[0] ?? null).map((m) => m === null ? null : escape(m)));
	}`)
	if err != nil {
		t.Fatal(err)
	}
	call, _ := goja.AssertFunction(match)
	for _, c := range oracle.Cases {
		t.Run("/"+c.Source+"/"+c.Flags, func(t *testing.T) {
			expanded, err := regex.ExpandPattern(c.Source, c.Flags)
			if c.Error != "" {
				if err == nil || errors.Is(err, regex.ErrUnsupported) {
					t.Fatalf("got pattern %q and error %v, V8 says %q", expanded, err, c.Error)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			got, err := call(nil, rt.ToValue(expanded), rt.ToValue(regex.EngineFlags(c.Flags)), rt.ToValue(oracle.Strings))
			if err != nil {
				t.Fatal(err)
			}
			want, _ := json.Marshal(c.Matches)
			if got.String() != string(want) {
				var gots []*string
				_ = json.Unmarshal([]byte(got.String()), &gots)
				for i, w := range c.Matches {
					if a, b := show(gots[i]), show(w); a != b {
						t.Errorf("on %q: matches %s, V8 %s", oracle.Strings[i], a, b)
					}
				}
			}
		})
	}
}

func show(s *string) string {
	if s == nil {
		return "nothing"
	}
	return `"` + *s + `"`
}

func TestExpandPatternRefuses(t *testing.T) {
	tests := []struct{ source, flags, want string }{
		{`a`, "d", "the flag d (match indices)"},
		{`(?i:a)b`, "", "the modifier (?i:…)"},
		{`(?-s:.)`, "u", "the modifier (?-s:…)"},
		{`\p{RGI_Emoji}`, "v", "a property of strings"},
		{`[\q{ab}]`, "v", "a string of other than one character"},
		{`[[a-z]--[aeiou]]`, "iv", "together with the flag i"},
		{strings.Repeat("[", 200), "v", "nested more than"},
	}
	for _, test := range tests {
		_, err := regex.ExpandPattern(test.source, test.flags)
		if !errors.Is(err, regex.ErrUnsupported) || !strings.Contains(err.Error(), test.want) {
			t.Errorf("/%s/%s: error %v, want one about %q", test.source, test.flags, err, test.want)
		}
	}
}

func TestExpandPatternKeepsWhatNeedsNothing(t *testing.T) {
	for _, test := range [][2]string{{`a(?:b)[\]]`, "g"}, {`(?<n>.)\k<n>(?=a)(?<!b)`, "u"}, {`[a-z\-]\/`, "giu"}, {`\`, "u"}, {`[`, "u"}} {
		got, err := regex.ExpandPattern(test[0], test[1])
		if err != nil || got != test[0] {
			t.Errorf("/%s/%s: got %q, %v", test[0], test[1], got, err)
		}
	}
}

func FuzzExpandPattern(f *testing.F) {
	f.Add(`\p{L}[^\P{Lu}\d--a]`, "u")
	f.Add(`[[a-z]--[aeiou]&&\q{a|b}\u{1F600}]`, "v")
	f.Add(`[^`, "v")
	f.Add(`\p{`, "iu")
	f.Fuzz(func(t *testing.T, source, flags string) {
		expanded, err := regex.ExpandPattern(source, flags)
		if err == nil && strings.ContainsAny(flags, "uv") && strings.Contains(expanded, `\p`) && !strings.Contains(expanded, `\\p`) {
			t.Errorf("/%s/%s: property left in %q", source, flags, expanded)
		}
	})
}

func BenchmarkExpandPattern(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := regex.ExpandPattern(`^[\p{L}\p{N}_-]+$`, "u"); err != nil {
			b.Fatal(err)
		}
	}
}
