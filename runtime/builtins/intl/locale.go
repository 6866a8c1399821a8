package intl

import (
	"fmt"
	"strings"

	"golang.org/x/text/language"
)

// DefaultLocale is what a request without, or without a known, locale gets.
const DefaultLocale = "en-US"

// Canonical gives the canonical form of a language tag, https://tc39.es/ecma402/#sec-canonicalizeunicodelocaleid.
func Canonical(tag string) (string, error) {
	if tag == "" || strings.ContainsAny(tag, "_ ") || len(tag) > 100 {
		return "", fmt.Errorf("incorrect locale information provided: %q", tag)
	}
	t, err := language.BCP47.Parse(tag)
	if err != nil {
		if _, unknown := err.(language.ValueError); !unknown {
			return "", fmt.Errorf("incorrect locale information provided: %q", tag)
		}
	}
	return t.String(), nil
}

// base is a tag without its extensions.
func base(tag string) string {
	for _, mark := range []string{"-u-", "-t-", "-x-"} {
		if i := strings.Index(tag, mark); i >= 0 {
			tag = tag[:i]
		}
	}
	return tag
}

// Supported tells whether numbers, plurals and collation have data for the language of a canonical tag.
func Supported(tag string) bool {
	t, err := language.Parse(tag)
	if err != nil {
		return false
	}
	index, _ := language.CompactIndex(t) // what x/text keeps CLDR's data by; 0 is the root, which has none of a language
	return index != 0
}

// Negotiate gives the first of the canonical tags that is supported, without extensions, else DefaultLocale.
func Negotiate(tags []string, supported func(string) bool) string {
	for _, tag := range tags {
		if b := base(tag); supported(b) {
			return b
		}
	}
	return DefaultLocale
}
