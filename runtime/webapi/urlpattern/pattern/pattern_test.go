package pattern

import (
	"regexp"
	"testing"
)

// re2 is Go's regular expressions as an engine: enough for patterns without any of their user's.
type re2 struct{ *regexp.Regexp }

func (e re2) Exec(input string) (groups []*string, ok bool) {
	found := e.FindStringSubmatchIndex(input)
	for i := 0; i < len(found); i += 2 {
		if found[i] < 0 {
			groups = append(groups, nil)
			continue
		}
		text := input[found[i]:found[i+1]]
		groups = append(groups, &text)
	}
	return groups, found != nil
}

func compileRE2(source string, ignoreCase bool) (Regexp, error) {
	if ignoreCase {
		source = "(?i)" + source
	}
	e, err := regexp.Compile(source)
	return re2{e}, err
}

// TestPlainAgrees holds components that are compared against their regular expressions.
func TestPlainAgrees(t *testing.T) {
	for text, plain := range map[string]bool{
		"": true, "*": true, "a/b": true, "{a}": true, "{a.}": true, "(.*)": true, ":a(.*)": true,
		"{a}?": false, "*?": false, "{a*}": false, "a*": false, ":a": false, "{a:b}": false,
	} {
		for _, ignoreCase := range []bool{false, true} {
			s := syntax{delimiter: "/", prefix: "/", ignoreCase: ignoreCase}
			c, err := compile(text, canonicalPathname, s, compileRE2)
			if err != nil {
				t.Fatal(err)
			}
			if len(c.parts) > 0 && c.parts[0].kind == fixedText && ignoreCase {
				plain = false
			}
			if (c.regexp == nil) != plain {
				t.Errorf("%q, ignoreCase %v: plain is %v", text, ignoreCase, c.regexp == nil)
			}
			source, _ := regexpOf(c.parts, s)
			e, err := compileRE2(source, ignoreCase)
			if err != nil {
				t.Fatal(err)
			}
			for _, input := range []string{"", "a", "A", "a/b", "A/b", "a.", "ab", "/"} {
				got, ok := c.exec(input)
				want, wantOK := e.Exec(input)
				if ok != wantOK || len(c.groups(got)) != len(c.groups(want)) {
					t.Errorf("%q on %q: %v, by %s %v", text, input, ok, source, wantOK)
				}
				for i, g := range c.groups(got) {
					if w := c.groups(want)[i]; g.Name != w.Name || (g.Value == nil) != (w.Value == nil) || g.Value != nil && *g.Value != *w.Value {
						t.Errorf("%q on %q: group %v, want %v", text, input, g, w)
					}
				}
			}
		}
	}
}

func TestHasKnownEscapes(t *testing.T) {
	for source, want := range map[string]bool{`\d\/\\m`: true, `\m`: false, `\\\H`: false, `[\-\w]\1`: true, ``: true, `a\`: true} {
		if got := hasKnownEscapes(source); got != want {
			t.Errorf("%s: %v", source, got)
		}
	}
}
