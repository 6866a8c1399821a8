package intl

import (
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"
	_ "time/tzdata" // a node may have no zone database
)

// DateOptions are the resolved options of an Intl.DateTimeFormat. "" means that a field isn't shown.
type DateOptions struct {
	Locale                    string
	Zone                      *time.Location
	ZoneName                  string // as script sees it
	Weekday, Year, Month, Day string // numeric, 2-digit, long, short, narrow
	Era                       string // long, short, narrow; English only
	Hour, Minute, Second      string
	FractionalSecondDigits    int
	TimeZoneName              string // short, long, shortOffset, longOffset
	HourCycle                 string // h12 or h23, h11, h24
	DateStyle, TimeStyle      string // full, long, medium, short
}

type zone struct {
	location *time.Location
	name     string
}

// zones caches what was loaded, by lower-case name: no more than the zone database has.
var zones sync.Map

// Zone finds a time zone by its IANA name or offset, whatever the case. The name given back is canonical.
func Zone(name string) (*time.Location, string, error) {
	switch strings.ToUpper(name) {
	case "UTC", "GMT", "ETC/UTC", "ETC/GMT":
		return time.UTC, "UTC", nil
	}
	if len(name) == 6 && (name[0] == '+' || name[0] == '-') && name[3] == ':' {
		h, err1 := strconv.ParseUint(name[1:3], 10, 8)
		m, err2 := strconv.ParseUint(name[4:6], 10, 8)
		if err1 == nil && err2 == nil && h < 24 && m < 60 {
			offset := int(h*60+m) * 60
			if name[0] == '-' {
				offset = -offset
			}
			return time.FixedZone(name, offset), name, nil
		}
	}
	key := strings.ToLower(name)
	if known, ok := zones.Load(key); ok {
		z := known.(zone)
		return z.location, z.name, nil
	}
	if name != "" && key != "local" {
		for _, candidate := range []string{name, zoneCase(name), strings.ToUpper(name)} {
			if loc, err := time.LoadLocation(candidate); err == nil {
				zones.Store(key, zone{loc, candidate})
				return loc, candidate, nil
			}
		}
	}
	return nil, "", fmt.Errorf("invalid time zone specified: %s", name)
}

// zoneCase writes a zone's name as the database does: Area/Some_City.
func zoneCase(name string) string {
	b := []byte(strings.ToLower(name))
	for i := range b {
		if (i == 0 || strings.IndexByte("/_-", b[i-1]) >= 0) && b[i] >= 'a' && b[i] <= 'z' {
			b[i] -= 'a' - 'A'
		}
	}
	return strings.NewReplacer("_Of_", "_of_", "-Au-", "-au-", "-Es-", "-es-").Replace(string(b))
}

// HourCycleOf is the hour cycle of a locale.
func HourCycleOf(locale string) string {
	if l, _ := dateLocaleOf(locale); l.hour12 {
		return "h12"
	}
	return "h23"
}

// FormatDate formats a time.
func (o *DateOptions) FormatDate(t time.Time) []Part {
	l, _ := dateLocaleOf(o.Locale)
	t = t.In(o.Zone)
	c := *o
	if c.DateStyle != "" || c.TimeStyle != "" {
		c.applyStyles(&l)
	}
	date, clock := c.date(&l, t), c.clock(&l, t)
	if c.Era != "" && len(date) > 0 {
		date = append(date, Part{"literal", " "}, Part{"era", eraName(c.Era, t)})
	}
	switch {
	case len(clock) == 0:
		if c.TimeZoneName != "" {
			date = append(date, Part{"literal", ", "}, Part{"timeZoneName", c.zone(t)})
		}
		return date
	case len(date) == 0:
		return clock
	}
	join := l.join
	if c.Month == "long" {
		join = l.joinLong
	}
	return append(append(date, Part{"literal", join}), clock...)
}

// applyStyles turns dateStyle and timeStyle into fields.
func (o *DateOptions) applyStyles(l *dateLocale) {
	switch o.DateStyle {
	case "full", "long":
		o.Year, o.Month, o.Day = "numeric", "long", "numeric"
		if o.DateStyle == "full" {
			o.Weekday = "long"
			l.weekday = l.weekdayLong
		}
	case "medium", "short":
		pattern := l.medium
		if o.DateStyle == "short" {
			pattern = l.short
		}
		l.yMd, l.yMMMd = pattern, pattern
		o.Year, o.Month, o.Day = "numeric", "numeric", "numeric"
		if strings.Contains(pattern, "MMM") {
			o.Month = "short"
		}
		if strings.Contains(pattern, "yy") {
			o.Year = "2-digit"
		}
	}
	switch o.TimeStyle {
	case "full":
		o.Hour, o.Minute, o.Second, o.TimeZoneName = "numeric", "numeric", "numeric", "long"
	case "long":
		o.Hour, o.Minute, o.Second, o.TimeZoneName = "numeric", "numeric", "numeric", "short"
	case "medium":
		o.Hour, o.Minute, o.Second = "numeric", "numeric", "numeric"
	case "short":
		o.Hour, o.Minute = "numeric", "numeric"
	}
}

// date is the date's part.
func (o *DateOptions) date(l *dateLocale, t time.Time) []Part {
	letters, long := o.Month == "short" || o.Month == "long" || o.Month == "narrow", o.Month == "long"
	pick := func(numeric, short, full string) string {
		switch {
		case long:
			return full
		case letters:
			return short
		}
		return numeric
	}
	var pattern string
	switch y, m, d := o.Year != "", o.Month != "", o.Day != ""; {
	case y && m && d:
		pattern = pick(l.yMd, l.yMMMd, l.yMMMMd)
	case y && m:
		pattern = pick(l.yM, l.yMMM, l.yMMMM)
	case m && d:
		pattern = pick(l.Md, l.MMMd, l.MMMMd)
	case y && d:
		pattern = "d y"
	case y:
		pattern = "y"
	case m:
		pattern = "M"
	case d:
		pattern = "d"
	}
	var parts []Part
	if o.Weekday != "" {
		parts = append(parts, Part{"weekday", o.weekday(l, t)})
	}
	if pattern == "" {
		return parts
	}
	if o.Weekday != "" {
		if pattern == "d" { // English alone has the day first
			return []Part{{"day", o.number(t.Day(), o.Day, false)}, {"literal", " "}, parts[0]}
		}
		parts = append(parts, Part{"literal", l.weekday})
	}
	return append(parts, o.fill(l, pattern, t)...)
}

func (o *DateOptions) weekday(l *dateLocale, t time.Time) string {
	switch o.Weekday {
	case "long":
		return strings.Fields(l.weekdays)[t.Weekday()]
	case "narrow":
		return first(strings.Fields(l.weekdays)[t.Weekday()])
	default:
		return strings.Fields(l.weekdaysShort)[t.Weekday()]
	}
}

func first(word string) string {
	for _, r := range word {
		return strings.ToUpper(string(r))
	}
	return ""
}

// fill replaces the letters of a date's pattern.
func (o *DateOptions) fill(l *dateLocale, pattern string, t time.Time) []Part {
	var parts []Part
	literal := func(text string) {
		if n := len(parts); n > 0 && parts[n-1].Type == "literal" {
			parts[n-1].Value += text
		} else {
			parts = append(parts, Part{"literal", text})
		}
	}
	for i := 0; i < len(pattern); {
		c := pattern[i]
		n := 1
		for i+n < len(pattern) && pattern[i+n] == c {
			n++
		}
		switch c {
		case 'y':
			parts = append(parts, Part{"year", o.year(t)})
		case 'd':
			parts = append(parts, Part{"day", o.number(t.Day(), o.Day, n > 1)})
		case 'M':
			parts = append(parts, Part{"month", o.month(l, t, n > 1)})
		case '\'':
			end := i + 1 + strings.IndexByte(pattern[i+1:], '\'')
			literal(pattern[i+1 : end])
			n = end + 1 - i
		default:
			literal(pattern[i : i+n])
		}
		i += n
	}
	return parts
}

func (o *DateOptions) year(t time.Time) string {
	y := t.Year()
	if y <= 0 {
		y = 1 - y // before the common era
	}
	if o.Year == "2-digit" {
		return fmt.Sprintf("%02d", y%100)
	}
	return strconv.Itoa(y)
}

// eraName is the English name of the era that t is in.
func eraName(width string, t time.Time) string {
	before := t.Year() <= 0
	switch {
	case width == "long" && before:
		return "Before Christ"
	case width == "long":
		return "Anno Domini"
	case width == "narrow" && before:
		return "B"
	case width == "narrow":
		return "A"
	case before:
		return "BC"
	}
	return "AD"
}

func (o *DateOptions) month(l *dateLocale, t time.Time, padded bool) string {
	m := int(t.Month())
	switch o.Month {
	case "long":
		return strings.Fields(l.months)[m-1]
	case "short":
		return strings.Fields(l.monthsShort)[m-1]
	case "narrow":
		return first(strings.Fields(l.months)[m-1])
	default:
		return o.number(m, o.Month, padded)
	}
}

func (o *DateOptions) number(n int, width string, padded bool) string {
	if padded || width == "2-digit" {
		return fmt.Sprintf("%02d", n)
	}
	return strconv.Itoa(n)
}

// clock is the time's part.
func (o *DateOptions) clock(l *dateLocale, t time.Time) []Part {
	var parts []Part
	add := func(kind, text, before string) {
		if len(parts) > 0 {
			parts = append(parts, Part{"literal", before})
		}
		parts = append(parts, Part{kind, text})
	}
	if o.Hour != "" {
		h := t.Hour()
		twelve := o.HourCycle == "h12" || o.HourCycle == "h11"
		switch o.HourCycle {
		case "h12":
			h = (h+11)%12 + 1
		case "h11":
			h %= 12
		case "h24":
			h = (h+23)%24 + 1
		}
		padded := !twelve && (l.hourPadded || l.hour12 && o.Minute != "")
		add("hour", o.number(h, o.Hour, padded), "")
	}
	if o.Minute != "" {
		width := "numeric" // alone it is never padded, as in ICU's patterns
		if o.Hour != "" || o.Second != "" {
			width = "2-digit"
		}
		add("minute", o.number(t.Minute(), width, false), ":")
	}
	if o.Second != "" {
		width := "numeric"
		if o.Minute != "" {
			width = "2-digit"
		}
		add("second", o.number(t.Second(), width, false), ":")
	}
	if n := o.FractionalSecondDigits; n > 0 {
		add("fractionalSecond", fmt.Sprintf("%03d", t.Nanosecond()/1e6)[:n], ".")
	}
	if o.Hour != "" && (o.HourCycle == "h12" || o.HourCycle == "h11") {
		half := l.am
		if t.Hour() >= 12 {
			half = l.pm
		}
		add("dayPeriod", half, " ")
	}
	if o.TimeZoneName != "" && len(parts) > 0 {
		add("timeZoneName", o.zone(t), " ")
	}
	return parts
}

// zone is the name of the time zone. Zones without a name in en-US are shown by offset, as ICU does.
func (o *DateOptions) zone(t time.Time) string {
	abbreviation, offset := t.Zone()
	name, named := zoneNames[abbreviation]
	named = named && (o.ZoneName == "UTC" || strings.HasPrefix(o.ZoneName, "America/") || strings.HasPrefix(o.ZoneName, "US/") || o.ZoneName == "Pacific/Honolulu")
	switch {
	case o.TimeZoneName == "short" && named:
		return abbreviation
	case o.TimeZoneName == "long" && named && strings.HasPrefix(o.Locale, "en"):
		return name
	}
	if offset == 0 {
		return "GMT"
	}
	sign := '+'
	if offset < 0 {
		sign, offset = '-', -offset
	}
	h, m := offset/3600, offset/60%60
	if o.TimeZoneName == "long" || o.TimeZoneName == "longOffset" {
		return fmt.Sprintf("GMT%c%02d:%02d", sign, h, m)
	}
	if m == 0 {
		return fmt.Sprintf("GMT%c%d", sign, h)
	}
	return fmt.Sprintf("GMT%c%d:%02d", sign, h, m)
}
