package intl_test

import (
	"testing"

	"github.com/bindery/bindery/runtime/builtins/intl"
)

func TestNumbers(t *testing.T) {
	plain := intl.NumberOptions{Style: "decimal", SignDisplay: "auto", Grouping: true, MinimumInteger: 1, MaximumFraction: 3, TrailingZeroIfWhole: true}
	with := func(locale string, change func(*intl.NumberOptions)) intl.NumberOptions {
		o := plain
		o.Locale = locale
		if change != nil {
			change(&o)
		}
		return o
	}
	fraction := func(minimum, maximum int) func(*intl.NumberOptions) {
		return func(o *intl.NumberOptions) { o.MinimumFraction, o.MaximumFraction = minimum, maximum }
	}
	significant := func(minimum, maximum int) func(*intl.NumberOptions) {
		return func(o *intl.NumberOptions) { o.MinimumSignificant, o.MaximumSignificant = minimum, maximum }
	}
	money := func(code string) func(*intl.NumberOptions) {
		return func(o *intl.NumberOptions) {
			o.Style, o.Currency, o.CurrencyDisplay = "currency", code, "symbol"
			o.MinimumFraction, _ = intl.CurrencyDigits(code)
			o.MaximumFraction = o.MinimumFraction
		}
	}
	percent := func(o *intl.NumberOptions) { o.Style, o.MaximumFraction = "percent", 0 }
	compact := func(o *intl.NumberOptions) { o.Compact = true }
	for _, c := range []struct {
		options    intl.NumberOptions
		text, want string
	}{
		{with("en-US", nil), "1234.5", "1,234.5"},
		{with("en-US", nil), "0", "0"},
		{with("en-US", nil), "-0", "-0"},
		{with("en-US", nil), "-1234567.8915", "-1,234,567.892"},
		{with("en-US", nil), "1e+21", "1,000,000,000,000,000,000,000"},
		{with("en-US", nil), "1.5e-7", "0"},
		{with("en-US", nil), "NaN", "NaN"},
		{with("en-US", nil), "-Infinity", "-∞"},
		{with("en-US", fraction(2, 2)), "1.005", "1.01"},
		{with("en-US", fraction(0, 0)), "2.5", "3"},
		{with("en-US", fraction(0, 0)), "999.5", "1,000"},
		{with("en-US", fraction(0, 0)), "0.5", "1"},
		{with("en-US", fraction(0, 0)), "0.04", "0"},
		{with("en-US", fraction(2, 4)), "3", "3.00"},
		{with("en-US", significant(1, 3)), "123456", "123,000"},
		{with("en-US", significant(1, 3)), "0.0012345", "0.00123"},
		{with("en-US", significant(4, 6)), "1.5", "1.500"},
		{with("en-US", percent), "0.256", "26%"},
		{with("en-US", money("USD")), "1234.5", "$1,234.50"},
		{with("en-US", money("EUR")), "-5", "-€5.00"},
		{with("en-US", money("JPY")), "5000", "¥5,000"},
		{with("en-US", compact), "1234", "1.2K"},
		{with("en-US", compact), "12345678", "12M"},
		{with("en-US", compact), "999999", "1M"},
		{with("en-US", compact), "950", "950"},
		{with("en-US", compact), "1.25", "1.3"},
		{with("de-DE", nil), "1234567.5", "1.234.567,5"},
		{with("de-DE", money("EUR")), "1234.5", "1.234,50\u00a0€"},
		{with("en-IN", nil), "12345678.5", "1,23,45,678.5"},
		{with("es", nil), "1234", "1234"},
		{with("es", nil), "12345", "12.345"},
	} {
		if got := intl.Join(c.options.FormatNumber(c.text)); got != c.want {
			t.Errorf("%s in %s: got %q, want %q", c.text, c.options.Locale, got, c.want)
		}
	}
}
