package builtins_test

import "testing"

func TestNumberToLocaleString(t *testing.T) {
	run(t, []snippet{
		{`(1234.5).toLocaleString("en-US")`, "1,234.5"},
		{`(1234567.891).toLocaleString()`, "1,234,567.891"},
		{`(-0).toLocaleString()`, "-0"},
		{`NaN.toLocaleString("en-US")`, "NaN"},
		{`(0.256).toLocaleString("en-US", { style: "percent" })`, "26%"},
		{`(1234.5).toLocaleString("en-US", { style: "currency", currency: "usd" })`, "$1,234.50"},
		{`(1234.5).toLocaleString("en-US", { style: "currency", currency: "EUR", minimumFractionDigits: 0 })`, "€1,234.5"},
		{`(5).toLocaleString("en-US", { style: "currency", currency: "CHF" })`, "CHF\u00a05.00"},
		{`(1.5).toLocaleString(undefined, { minimumFractionDigits: 2 })`, "1.50"},
		{`(1.005).toLocaleString("en", { maximumFractionDigits: 2 })`, "1.01"},
		{`(5).toLocaleString("en-US", { minimumIntegerDigits: 2 })`, "05"},
		{`(1234).toLocaleString("en-US", { useGrouping: false })`, "1234"},
		{`(1234567.5).toLocaleString("de-DE")`, "1.234.567,5"},
		{`(1500).toLocaleString("en-US", { notation: "compact" })`, "1.5K"},
		{`(1234567).toLocaleString("en-US", { notation: "compact", maximumFractionDigits: 2 })`, "1.23M"},
		{`(999999).toLocaleString("en-US", { notation: "compact", maximumFractionDigits: 1 })`, "1M"},
		{`(1234567).toLocaleString("en-US", { notation: "compact", maximumSignificantDigits: 4 })`, "1.235M"},
		{`(1500).toLocaleString("en-US", { notation: "compact", style: "currency", currency: "USD" })`, "$1.5K"},
		{`(0).toLocaleString("en-US", { notation: "compact" })`, "0"},
		{`(0).toLocaleString("en-US", { minimumSignificantDigits: 3 })`, "0.00"},
		{`12345678901234567890n.toLocaleString("en-US")`, "12,345,678,901,234,567,890"},
		{`Object(1234n).toLocaleString()`, "1,234"},
		{`Object(1234).toLocaleString()`, "1,234"},
		{`[1234.5, 2000].toLocaleString()`, "1,234.5,2,000"},
		{`(1).toLocaleString("x")`, "throws RangeError"},
		{`(1).toLocaleString(null)`, "throws TypeError"},
		{`(1).toLocaleString("en", { style: "currency" })`, "throws TypeError"},
		{`(1).toLocaleString("en", { style: "unit", unit: "liter" })`, "throws RangeError"},
		{`(1).toLocaleString("en", { style: "wrong" })`, "throws RangeError"},
		{`(1).toLocaleString("en", { maximumFractionDigits: 101 })`, "throws RangeError"},
		{`(1).toLocaleString("en", { minimumFractionDigits: 5, maximumFractionDigits: 2 })`, "throws RangeError"},
		{`Number.prototype.toLocaleString.call("1")`, "throws TypeError"},
		{`BigInt.prototype.toLocaleString.call(1)`, "throws TypeError"},
	})
}

func TestDateToLocaleString(t *testing.T) {
	const date = `const d = new Date("2024-03-05T15:04:09.123Z"), z = { timeZone: "UTC" };`
	for _, s := range []snippet{
		{`d.toLocaleDateString("en-US", z)`, "3/5/2024"},
		{`d.toLocaleTimeString("en-US", z)`, "3:04:09 PM"},
		{`d.toLocaleString("en-US", z)`, "3/5/2024, 3:04:09 PM"},
		{`d.toLocaleDateString("en-US", { ...z, year: "numeric", month: "long", day: "numeric" })`, "March 5, 2024"},
		{`d.toLocaleDateString("en-US", { ...z, weekday: "long", year: "numeric", month: "long", day: "numeric" })`, "Tuesday, March 5, 2024"},
		{`d.toLocaleDateString("en-US", { ...z, weekday: "short", month: "short", day: "numeric" })`, "Tue, Mar 5"},
		{`d.toLocaleDateString("en-US", { ...z, month: "2-digit", day: "2-digit", year: "numeric" })`, "03/05/2024"},
		{`d.toLocaleDateString("en-US", { ...z, month: "short", year: "2-digit" })`, "Mar 24"},
		{`d.toLocaleDateString("en-US", { ...z, weekday: "long" })`, "Tuesday"},
		{`d.toLocaleDateString("en-US", { ...z, hour: "numeric" })`, "3/5/2024, 3 PM"},
		{`d.toLocaleTimeString("en-US", { ...z, hour: "2-digit", minute: "2-digit" })`, "03:04 PM"},
		{`d.toLocaleTimeString("en-US", { ...z, hour12: false })`, "15:04:09"},
		{`new Date(0).toLocaleTimeString("en-US", { ...z, hour12: false, timeStyle: "short" })`, "00:00"},
		{`new Date(0).toLocaleTimeString("en-US", { ...z, timeStyle: "short" })`, "12:00 AM"},
		{`d.toLocaleTimeString("en-US", { timeZone: "America/New_York", timeZoneName: "short" })`, "10:04:09 AM EST"},
		{`d.toLocaleTimeString("en-US", { timeZone: "Europe/Berlin", timeZoneName: "short" })`, "4:04:09 PM GMT+1"},
		{`d.toLocaleTimeString("en-US", { timeZone: "asia/kolkata", timeStyle: "long" })`, "8:34:09 PM GMT+5:30"},
		{`d.toLocaleString("en-US", { ...z, dateStyle: "medium", timeStyle: "short" })`, "Mar 5, 2024, 3:04 PM"},
		{`d.toLocaleString("en-US", { ...z, dateStyle: "full", timeStyle: "long" })`, "Tuesday, March 5, 2024 at 3:04:09 PM UTC"},
		{`d.toLocaleString("en-US", { ...z, dateStyle: "short" })`, "3/5/24"},
		{`d.toLocaleTimeString("en-US", { ...z, minute: "2-digit", second: "2-digit", fractionalSecondDigits: 3 })`, "04:09.123"},
		{`d.toLocaleDateString("en-GB", z)`, "05/03/2024"},
		{`d.toLocaleString("en-GB", { ...z, dateStyle: "full" })`, "Tuesday 5 March 2024"},
		{`d.toLocaleDateString("sv-SE", z) + d.toLocaleDateString("en-CA", z)`, "2024-03-052024-03-05"},
		{`d.toLocaleString("sv", z)`, "2024-03-05 15:04:09"},
		{`d.toLocaleDateString("de-DE", { ...z, weekday: "long", year: "numeric", month: "long", day: "numeric" })`, "Dienstag, 5. März 2024"},
		{`d.toLocaleString("de", z)`, "5.3.2024, 15:04:09"},
		{`d.toLocaleDateString("es", { ...z, dateStyle: "long" })`, "5 de marzo de 2024"},
		{`d.toLocaleDateString("fr-FR", { ...z, month: "short", day: "numeric" })`, "5 mars"},
		{`d.toLocaleDateString("ja-JP", z)`, "3/5/2024"}, // no data: the default locale, which resolvedOptions tells
		{`new Date(NaN).toLocaleString()`, "Invalid Date"},
		{`d.toLocaleString("en-US", { timeZone: "Mars/Olympus" })`, "throws RangeError"},
		{`d.toLocaleString("en-US", { timeZone: "../etc/passwd" })`, "throws RangeError"},
		{`d.toLocaleString("en-US", { calendar: "hebrew" })`, "throws RangeError"},
		{`d.toLocaleString("en-US", { month: "huge" })`, "throws RangeError"},
		{`d.toLocaleDateString("en-US", { timeStyle: "short" })`, "throws TypeError"},
		{`d.toLocaleString("en-US", { dateStyle: "short", month: "long" })`, "throws TypeError"},
		{`Date.prototype.toLocaleString.call({})`, "throws TypeError"},
	} {
		t.Run("", func(t *testing.T) {
			if got := evaluate(t, date+s.source); got != s.want {
				t.Errorf("%s\n got %q\nwant %q", s.source, got, s.want)
			}
		})
	}
}

func TestIntl(t *testing.T) {
	run(t, []snippet{
		{`new Intl.NumberFormat("en-US", { style: "currency", currency: "USD" }).format(1234.5)`, "$1,234.50"},
		{`Intl.NumberFormat("en-US").format(1e6)`, "1,000,000"},
		{`[1, 2000].map(new Intl.NumberFormat("en-US").format)`, `["1","2,000"]`},
		{`const f = new Intl.NumberFormat(); f.format === f.format && f.format.name === "" && f.format.length`, "1"},
		{`new Intl.NumberFormat("en").formatToParts(-1234.5).map((p) => p.type + ":" + p.value)`, `["minusSign:-","integer:1","group:,","integer:234","decimal:.","fraction:5"]`},
		{`new Intl.NumberFormat("en").resolvedOptions().maximumFractionDigits`, "3"},
		{`new Intl.NumberFormat("tlh").resolvedOptions().locale`, "en-US"},
		{`Intl.NumberFormat.prototype.resolvedOptions.call({})`, "throws TypeError"},
		{`String(Intl) + String(new Intl.DateTimeFormat())`, "[object Intl][object Intl.DateTimeFormat]"},
		{`new Intl.DateTimeFormat("en-US", { timeZone: "UTC" }).format(0)`, "1/1/1970"},
		{`new Intl.DateTimeFormat("en-US", { timeZone: "UTC", month: "short", day: "numeric" }).formatToParts(0).map((p) => p.type + ":" + p.value)`, `["month:Jan","literal: ","day:1"]`},
		{`const o = new Intl.DateTimeFormat("en-US", { timeZone: "europe/paris", hour: "numeric" }).resolvedOptions(); [o.timeZone, o.hourCycle, o.hour12]`, `["Europe/Paris","h12",true]`},
		{`typeof Intl.DateTimeFormat().resolvedOptions().timeZone`, "string"},
		{`new Intl.DateTimeFormat().format(NaN)`, "throws RangeError"},
		{`typeof new Intl.DateTimeFormat().format()`, "string"},
		{`Intl.DateTimeFormat.supportedLocalesOf(["de", "ja", "en-US"])`, `["de","en-US"]`},
		{`Intl.NumberFormat.supportedLocalesOf("ja")`, `["ja"]`},
		{`Intl.getCanonicalLocales(["EN-us", "en-US", "zh-hans-cn"])`, `["en-US","zh-Hans-CN"]`},
		{`Intl.getCanonicalLocales("a_b")`, "throws RangeError"},
		{`["a10", "a2", "A1"].sort(new Intl.Collator("en", { numeric: true }).compare)`, `["A1","a2","a10"]`},
		{`["z", "ä", "a"].sort(new Intl.Collator("de").compare).join("") + ["z", "ä", "a"].sort(new Intl.Collator("sv").compare).join("")`, "aäzazä"},
		{`new Intl.Collator("en", { sensitivity: "base" }).compare("a", "Á")`, "0"},
		{`new Intl.Collator("en", { sensitivity: "accent" }).compare("a", "Á")`, "-1"},
		{`new Intl.Collator("en", { caseFirst: "upper" })`, "throws RangeError"},
		{`"a2".localeCompare("a10", undefined, { numeric: true })`, "-1"},
		{`"A".localeCompare("a", "en", { sensitivity: "base" })`, "0"},
		{`"a".localeCompare("b")`, "-1"},
		{`const r = new Intl.PluralRules("en", { type: "ordinal" }); [1, 2, 3, 4, 11, 21].map((n) => r.select(n))`, `["one","two","few","other","other","one"]`},
		{`const r = new Intl.PluralRules("en"); [0, 1, 2, 1.5].map((n) => r.select(n))`, `["other","one","other","other"]`},
		{`const r = new Intl.PluralRules("pl"); [1, 2, 5, 22, 1.5].map((n) => r.select(n))`, `["one","few","many","few","other"]`},
		{`new Intl.PluralRules("en").resolvedOptions().pluralCategories`, `["one","other"]`},
		{`new Intl.PluralRules("en", { minimumFractionDigits: 1 }).select(1)`, "other"},
		{`Intl.PluralRules()`, "throws TypeError"},
		{`typeof Intl.Segmenter`, "undefined"},
		{`class F extends Intl.NumberFormat {} new F("en").format(1000)`, "1,000"},
	})
}
