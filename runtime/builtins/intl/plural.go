package intl

import (
	"strconv"
	"strings"

	"golang.org/x/text/collate"
	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

var pluralNames = map[plural.Form]string{
	plural.Zero: "zero", plural.One: "one", plural.Two: "two", plural.Few: "few", plural.Many: "many", plural.Other: "other",
}

// Plural gives the plural category of a formatted number: its digits before the point, and those after it as shown.
func Plural(locale string, ordinal bool, whole, fraction string) string {
	rules := plural.Cardinal
	if ordinal {
		rules = plural.Ordinal
	}
	if len(whole) > 9 { // the rules look at the last digits only
		whole = "1" + whole[len(whole)-8:]
	}
	i, _ := strconv.Atoi(whole)
	shown := fraction[:min(len(fraction), 9)]
	f, _ := strconv.Atoi(shown)
	trimmed := strings.TrimRight(shown, "0")
	t, _ := strconv.Atoi(trimmed)
	return pluralNames[rules.MatchPlural(language.Make(locale), i, len(shown), len(trimmed), f, t)]
}

// PluralDigits gives the digits of a number as options show it.
func (o *NumberOptions) PluralDigits(text string) (whole, fraction string) {
	d := parseDecimal(strings.TrimPrefix(text, "-"))
	whole, fraction, _ = o.rounded(&d)
	return whole, fraction
}

// Collator compares text, https://tc39.es/ecma402/#sec-intl-collator-constructor. Not safe for concurrent use.
type Collator struct{ c *collate.Collator }

// NewCollator makes a collator. sensitivity is base, accent, case or variant.
func NewCollator(locale, sensitivity string, numeric bool) *Collator {
	var options []collate.Option
	switch sensitivity {
	case "base":
		options = append(options, collate.IgnoreCase, collate.IgnoreDiacritics)
	case "accent":
		options = append(options, collate.IgnoreCase)
	case "case":
		options = append(options, collate.IgnoreDiacritics)
	}
	if numeric {
		options = append(options, collate.Numeric)
	}
	return &Collator{collate.New(language.Make(locale), options...)}
}

// Compare gives -1, 0 or 1.
func (c *Collator) Compare(a, b string) int { return c.c.CompareString(a, b) }
