package intl

import (
	"fmt"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"golang.org/x/text/currency"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"golang.org/x/text/number"
)

// Part is a piece of formatted text, as formatToParts gives it.
type Part struct{ Type, Value string }

// Join puts the text of parts together.
func Join(parts []Part) string {
	var b strings.Builder
	for _, p := range parts {
		b.WriteString(p.Value)
	}
	return b.String()
}

// NumberOptions are the resolved options of an Intl.NumberFormat.
type NumberOptions struct {
	Locale              string
	Style               string // decimal, percent, currency
	Currency            string // ISO 4217, for style currency
	CurrencyDisplay     string // symbol, narrowSymbol, code
	SignDisplay         string // auto, always, never, exceptZero, negative
	Grouping            bool
	GroupingMin2        bool // groups only from five digits on
	MinimumInteger      int
	MinimumFraction     int
	MaximumFraction     int
	FractionGiven       bool // compact notation obeys fraction digits only if they were asked for
	MinimumSignificant  int  // 0: fraction digits count
	MaximumSignificant  int
	Compact             bool // notation compact, short display; en only
	TrailingZeroIfWhole bool // false: trailingZeroDisplay stripIfInteger
}

// CurrencyDigits is how many decimals amounts of a currency have; false for a code that isn't three letters.
func CurrencyDigits(code string) (int, bool) {
	if len(code) != 3 {
		return 0, false
	}
	for i := range 3 {
		if c := code[i] | 0x20; c < 'a' || c > 'z' {
			return 0, false
		}
	}
	unit, err := currency.ParseISO(code)
	if err != nil {
		return 2, true
	}
	scale, _ := currency.Standard.Rounding(unit)
	return scale, true
}

// symbols is how a locale writes numbers.
type symbols struct {
	decimal, group, minus  string
	digits                 [10]string
	primary, secondary     int
	minimumGrouping        int
	percentBefore, percent string
}

// groupFromFive are the locales that group from five digits on; x/text doesn't know.
const groupFromFive = " es es-ES pl pl-PL pt-PT "

const maxCachedLocales = 1000

var (
	symbolCache   sync.Map // locale -> *symbols
	cachedLocales atomic.Int64
)

// symbolsOf asks x/text, which has no API for them, by formatting sample numbers.
func symbolsOf(locale string) *symbols {
	if s, ok := symbolCache.Load(locale); ok {
		return s.(*symbols)
	}
	tag := language.Make(locale)
	p := message.NewPrinter(tag)
	s := &symbols{minimumGrouping: 1}
	for d := range 10 {
		s.digits[d] = p.Sprint(number.Decimal(d))
	}
	plain := func(text string) string { return s.ascii(text) }
	sample := plain(p.Sprint(number.Decimal(1234567890.5)))
	s.decimal = between(sample, "0", "5")
	whole, _, _ := strings.Cut(sample, "0"+s.decimal)
	s.group = between(whole, "7", "89")
	if s.group == "" {
		s.group = between(whole, "1", "234")
	}
	if s.group != "" {
		groups := strings.Split(sample[:strings.LastIndex(sample, s.decimal)], s.group)
		s.primary = len(groups[len(groups)-1])
		s.secondary = len(groups[len(groups)-2])
		if strings.Contains(groupFromFive, " "+locale+" ") {
			s.minimumGrouping = 2
		}
	}
	s.minus, _, _ = strings.Cut(plain(p.Sprint(number.Decimal(-1))), "1")
	s.percentBefore, s.percent, _ = strings.Cut(plain(p.Sprint(number.Percent(0.01))), "1")
	if cachedLocales.Add(1) <= maxCachedLocales { // a tag comes from script, which can think up many
		symbolCache.Store(locale, s)
	}
	return s
}

func (s *symbols) ascii(text string) string {
	for d, digit := range s.digits {
		text = strings.ReplaceAll(text, digit, strconv.Itoa(d))
	}
	return text
}

// between is what stands between a and b in s, "" if they don't follow each other.
func between(s, a, b string) string {
	for i := strings.Index(s, a); i >= 0; {
		rest := s[i+len(a):]
		if j := strings.Index(rest, b); j >= 0 && !strings.ContainsAny(rest[:j], "0123456789") {
			return rest[:j]
		}
		next := strings.Index(rest, a)
		if next < 0 {
			break
		}
		i += len(a) + next
	}
	return ""
}

// decimal is a number as digits: 0.d1d2d3... times ten to the exponent.
type decimal struct {
	negative bool
	digits   string // without leading zeros; "" is zero
	exponent int
}

// parseDecimal reads what strconv and big.Int write.
func parseDecimal(text string) decimal {
	var d decimal
	if d.negative = strings.HasPrefix(text, "-"); d.negative {
		text = text[1:]
	}
	mantissa, exp, _ := strings.Cut(text, "e")
	d.exponent, _ = strconv.Atoi(exp)
	whole, fraction, _ := strings.Cut(mantissa, ".")
	d.exponent += len(whole)
	d.digits = whole + fraction
	d.trim()
	return d
}

func (d *decimal) trim() {
	trimmed := strings.TrimLeft(d.digits, "0")
	d.exponent -= len(d.digits) - len(trimmed)
	d.digits = strings.TrimRight(trimmed, "0")
	if d.digits == "" {
		d.exponent = 0
	}
}

// round keeps the first n digits (n may be negative), half away from zero.
func (d *decimal) round(n int) {
	if n >= len(d.digits) {
		return
	}
	if n < 0 {
		d.digits, d.exponent = "", 0
		return
	}
	up := d.digits[n] >= '5'
	kept := []byte(d.digits[:n])
	for i := n - 1; up && i >= 0; i-- {
		if kept[i] < '9' {
			kept[i]++
			up = false
		} else {
			kept[i] = '0'
		}
	}
	d.digits = string(kept)
	if up {
		d.digits = "1" + d.digits
		d.exponent++
	}
	d.trim()
}

// split gives the digits before and after the point.
func (d *decimal) split() (whole, fraction string) {
	switch {
	case d.exponent <= 0:
		return "", strings.Repeat("0", -d.exponent) + d.digits
	case d.exponent >= len(d.digits):
		return d.digits + strings.Repeat("0", d.exponent-len(d.digits)), ""
	default:
		return d.digits[:d.exponent], d.digits[d.exponent:]
	}
}

// unit is a power of ten in compact notation.
type unit struct {
	exponent int
	suffix   string
}

// compactUnit is what a number with so many whole digits is counted in, in English.
func compactUnit(digits int) unit {
	for _, u := range []unit{{12, "T"}, {9, "B"}, {6, "M"}, {3, "K"}} {
		if digits > u.exponent {
			return u
		}
	}
	return unit{}
}

// FormatNumber formats a number that is given as text: "NaN", "Infinity", "-Infinity", or as strconv writes it.
func (o *NumberOptions) FormatNumber(text string) []Part {
	s := symbolsOf(o.Locale)
	negative := strings.HasPrefix(text, "-")
	var body []Part
	zero := false
	suffix := ""
	switch strings.TrimPrefix(text, "-") {
	case "NaN":
		body, zero, negative = []Part{{"nan", "NaN"}}, true, false
	case "Infinity":
		body = []Part{{"infinity", "∞"}}
	default:
		d := parseDecimal(text)
		if o.Style == "percent" && d.digits != "" {
			d.exponent += 2
		}
		var whole, fraction string
		whole, fraction, suffix = o.rounded(&d)
		zero = d.digits == ""
		body = o.digits(s, whole, fraction)
	}
	if suffix != "" {
		body = append(body, Part{"compact", suffix})
	}
	body = o.decorate(s, body)
	return append(o.sign(s, negative, zero), body...)
}

// round rounds to what is shown.
func (o *NumberOptions) round(d *decimal) {
	switch {
	case o.MaximumSignificant > 0:
		d.round(o.MaximumSignificant)
	case o.Compact && !o.FractionGiven:
		d.round(max(2, d.exponent))
	default:
		d.round(d.exponent + o.MaximumFraction)
	}
}

// rounded gives the digits that are shown, and the suffix of compact notation.
func (o *NumberOptions) rounded(d *decimal) (whole, fraction, suffix string) {
	if o.Compact {
		unit := compactUnit(d.exponent)
		d.exponent -= unit.exponent
		o.round(d)
		if larger := compactUnit(d.exponent + unit.exponent); larger != unit && d.digits != "" { // 999,999 is 1M
			d.exponent += unit.exponent - larger.exponent
			unit = larger
		}
		suffix = unit.suffix
	} else {
		o.round(d)
	}
	whole, fraction = d.split()
	missing := o.MinimumFraction - len(fraction)
	if o.MaximumSignificant > 0 {
		missing = o.MinimumSignificant - significant(whole, fraction)
	}
	if missing > 0 {
		fraction += strings.Repeat("0", missing)
	}
	if !o.TrailingZeroIfWhole && strings.Trim(fraction, "0") == "" {
		fraction = ""
	}
	return pad(whole, o.MinimumInteger), fraction, suffix
}

// significant counts the significant digits shown; zero has one.
func significant(whole, fraction string) int {
	if whole != "" {
		return len(whole) + len(fraction)
	}
	return max(1, len(strings.TrimLeft(fraction, "0")))
}

func pad(whole string, minimum int) string {
	if missing := minimum - len(whole); missing > 0 {
		return strings.Repeat("0", missing) + whole
	}
	return whole
}

func (o *NumberOptions) digits(s *symbols, whole, fraction string) []Part {
	local := func(digits string) string {
		if s.digits[0] == "0" {
			return digits
		}
		var b strings.Builder
		for i := range len(digits) {
			b.WriteString(s.digits[digits[i]-'0'])
		}
		return b.String()
	}
	var parts []Part
	minimum := s.minimumGrouping
	if o.GroupingMin2 {
		minimum = 2
	}
	if !o.Grouping || s.group == "" || len(whole) < s.primary+minimum {
		parts = append(parts, Part{"integer", local(whole)})
	} else {
		ends := []int{len(whole), len(whole) - s.primary}
		for at := ends[1] - s.secondary; at > 0; at -= s.secondary {
			ends = append(ends, at)
		}
		ends = append(ends, 0)
		for i := len(ends) - 1; i > 0; i-- {
			if i < len(ends)-1 {
				parts = append(parts, Part{"group", s.group})
			}
			parts = append(parts, Part{"integer", local(whole[ends[i]:ends[i-1]])})
		}
	}
	if fraction != "" {
		parts = append(parts, Part{"decimal", s.decimal}, Part{"fraction", local(fraction)})
	}
	return parts
}

func (o *NumberOptions) sign(s *symbols, negative, zero bool) []Part {
	minus, plus := []Part{{"minusSign", s.minus}}, []Part{{"plusSign", "+"}}
	switch o.SignDisplay {
	case "never":
		return nil
	case "always":
		if negative {
			return minus
		}
		return plus
	case "exceptZero":
		if zero {
			return nil
		}
		if negative {
			return minus
		}
		return plus
	case "negative":
		if negative && !zero {
			return minus
		}
		return nil
	default:
		if negative {
			return minus
		}
		return nil
	}
}

// symbolFirst are the languages that write the currency before the amount; all others write it after a space.
const symbolFirst = " en ja zh ko th hi bn id ms fil he tr "

// decorate adds percent sign or currency.
func (o *NumberOptions) decorate(s *symbols, body []Part) []Part {
	switch o.Style {
	case "percent":
		if s.percentBefore != "" {
			body = append([]Part{{"percentSign", strings.TrimSpace(s.percentBefore)}}, body...)
		}
		sign := strings.TrimLeft(s.percent, "\u00a0 \u202f")
		if space := s.percent[:len(s.percent)-len(sign)]; space != "" {
			body = append(body, Part{"literal", space})
		}
		return append(body, Part{"percentSign", sign})
	case "currency":
		name := o.currencyName()
		b, _ := language.Make(o.Locale).Base()
		if strings.Contains(symbolFirst, " "+b.String()+" ") {
			parts := []Part{{"currency", name}}
			if last := name[len(name)-1] | 0x20; last >= 'a' && last <= 'z' {
				parts = append(parts, Part{"literal", "\u00a0"})
			}
			return append(parts, body...)
		}
		return append(body, Part{"literal", "\u00a0"}, Part{"currency", name})
	}
	return body
}

func (o *NumberOptions) currencyName() string {
	unit, err := currency.ParseISO(o.Currency)
	if err != nil || o.CurrencyDisplay == "code" {
		return o.Currency
	}
	form := currency.Symbol
	if o.CurrencyDisplay == "narrowSymbol" {
		form = currency.NarrowSymbol
	}
	return strings.TrimSpace(message.NewPrinter(language.Make(o.Locale)).Sprint(form(unit)))
}

// Check says what a set of options asks for that isn't supported; nil is fine.
func (o *NumberOptions) Check() error {
	if o.Compact && !strings.HasPrefix(o.Locale, "en") {
		return fmt.Errorf("compact notation is supported in English only, not in %s", o.Locale)
	}
	return nil
}
