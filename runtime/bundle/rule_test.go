package bundle

import "testing"

func TestRuleMatches(t *testing.T) {
	tests := []struct {
		glob, path string
		want       bool
	}{
		{"**/*.txt", "a.txt", true},
		{"**/*.txt", "deep/er/a.txt", true},
		{"**/*.txt", "../a.txt", true},
		{"**/*.txt", "a.txt.js", false},
		{"**/*.txt", "atxt", false},
		{"*.md", "deep/a.md", true},
		{"./docs/*.md", "docs/a.md", true},
		{"docs/*.md", "docs/sub/a.md", true},
		{"docs/*.md", "src/docs/a.md", false},
		{"docs/a.md", "docs/a.md", true},
		{"docs/a.md", "docs/a.mdx", false},
		{"docs/**", "docs/a", true},
		{"*a*b*", "xaxbx", true},
		{"*ab*bc", "abc", false},
		{"*[x].?", "[x].?", true},
		{"*", "a", true},
		{"", "a", false},
	}
	for _, test := range tests {
		// find puts the ./ before each path.
		rules, _, err := newRuleSet([]Rule{{Type: typeText, Globs: []string{test.glob}, Fallthrough: new(bool)}})
		if err != nil {
			t.Fatal(err)
		}
		rule, ok := rules.find(test.path)
		if got := ok && !rule.ignored; got != test.want {
			t.Errorf("%q matches %q: %v, want %v", test.glob, test.path, got, test.want)
		}
	}
}

func TestBareBuiltins(t *testing.T) {
	for i, name := range bareBuiltins {
		if i > 0 && bareBuiltins[i-1] >= name {
			t.Errorf("%s is not in its place", name)
		}
		if got := runtimeSpecifier(name); got != "node:"+name {
			t.Errorf("%s is %q", name, got)
		}
	}
}
