package bundle

import (
	"fmt"
	"slices"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// Rule says what an import of files with certain names gives, as an entry of
// wrangler's rules does.
type Rule struct {
	// Type is Text (the default export is a string), Data (an ArrayBuffer),
	// ESModule or CommonJS (code, which it is without a rule) or CompiledWasm
	// (an error: there is no WebAssembly here).
	Type string

	// Globs match the paths of files relative to Options.Dir. A * matches
	// any characters, slashes too, and a leading ./ may be there or not.
	Globs []string

	// Fallthrough keeps later rules of the same type, the default ones too. nil
	// is false, with a warning where it matters.
	Fallthrough *bool
}

// The types of a Rule.
const (
	typeESModule = "ESModule"
	typeCommonJS = "CommonJS"
	typeWasm     = "CompiledWasm"
	typeText     = "Text"
	typeData     = "Data"
)

// defaultRules come after those of the user.
var defaultRules = []Rule{
	{Type: typeText, Globs: []string{"**/*.txt", "**/*.html", "**/*.sql"}},
	{Type: typeData, Globs: []string{"**/*.bin"}},
	{Type: typeWasm, Globs: []string{"**/*.wasm", "**/*.wasm?module"}},
}

// String returns the rule as it stands in wrangler.toml.
func (r Rule) String() string {
	quoted := make([]string, len(r.Globs))
	for i, glob := range r.Globs {
		quoted[i] = fmt.Sprintf("%q", glob)
	}
	return fmt.Sprintf("{ type = %q, globs = [%s] }", r.Type, strings.Join(quoted, ", "))
}

type orderedRule struct {
	Rule
	ignored bool // an earlier rule of the type has no fallthrough
}

type ruleSet []orderedRule

// newRuleSet puts the default rules after those of the user and marks the
// rules that a former one of their type shuts out. The warnings name these where
// the user didn't say fallthrough either way.
func newRuleSet(user []Rule) (ruleSet, []api.Message, error) {
	var set ruleSet
	var warnings []api.Message
	last := map[string]int{} // type -> index of the rule that later ones lose to
	for i, rule := range append(slices.Clone(user), defaultRules...) {
		switch rule.Type {
		case typeESModule, typeCommonJS, typeWasm, typeText, typeData:
		default:
			return nil, nil, fmt.Errorf("read rules[%d]: type %q isn't supported: use %s, %s, %s or %s", i, rule.Type,
				typeText, typeData, typeESModule, typeCommonJS)
		}
		c := orderedRule{Rule: rule}
		if first, ok := last[rule.Type]; ok {
			c.ignored = true
			if user[first].Fallthrough == nil {
				warnings = append(warnings, ignoredWarning(user[first], rule))
			}
		} else if i < len(user) && (rule.Fallthrough == nil || !*rule.Fallthrough) {
			last[rule.Type] = i
		}
		set = append(set, c)
	}
	return set, warnings, nil
}

func ignoredWarning(first, ignored Rule) api.Message {
	return api.Message{
		Text: fmt.Sprintf("The rule %v is ignored after %v", ignored, first),
		Notes: []api.Note{{
			Text: `Add "fallthrough = true" to the former rule to keep both, or "fallthrough = false" to silence this warning.`,
		}},
	}
}

// matches reports whether path, which begins with ./, matches a glob. As in
// wrangler only * is special, and any run of it matches slashes too.
func (r *Rule) matches(path string) bool {
	for _, glob := range r.Globs {
		if matchGlob(glob, path) || matchGlob(glob, path[len("./"):]) {
			return true
		}
	}
	return false
}

func matchGlob(glob, path string) bool {
	prefix, rest, star := strings.Cut(glob, "*")
	path, ok := strings.CutPrefix(path, prefix)
	if !ok || !star {
		return ok && path == ""
	}
	for {
		middle, after, star := strings.Cut(rest, "*")
		if !star {
			return strings.HasSuffix(path, middle)
		}
		// The earliest place leaves most to what follows.
		i := strings.Index(path, middle)
		if i < 0 {
			return false
		}
		path, rest = path[i+len(middle):], after
	}
}

// find returns the first rule for a file, rather one that isn't ignored. path is
// a slash-separated path that need not exist. The rules for code change nothing
// and are never found.
func (s ruleSet) find(path string) (orderedRule, bool) {
	// **/*.txt is meant to match the file a.txt too, but only ./a.txt has its
	// slash.
	path = "./" + strings.TrimPrefix(path, "./")
	for _, ignored := range []bool{false, true} {
		for _, rule := range s {
			code := rule.Type == typeESModule || rule.Type == typeCommonJS
			if !code && rule.ignored == ignored && rule.matches(path) {
				return rule, true
			}
		}
	}
	return orderedRule{}, false
}
