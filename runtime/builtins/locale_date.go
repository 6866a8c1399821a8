package builtins

import (
	"math"
	"strings"
	"time"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/builtins/intl"
)

// dateOptions reads the arguments of Intl.DateTimeFormat, https://tc39.es/ecma402/#sec-createdatetimeformat. required
// and defaults are any, date, time or all.
func dateOptions(rt *goja.Runtime, locales, v goja.Value, required, defaults string) *intl.DateOptions {
	o := &intl.DateOptions{Locale: intl.Negotiate(localeList(rt, locales), intl.SupportsDates)}
	p := optionsOf(rt, v)
	p.refuse("calendar", "gregory", "gregorian", "iso8601")
	p.refuse("numberingSystem", "latn")
	if !strings.HasPrefix(o.Locale, "en") {
		p.refuse("era")
	}
	p.refuse("dayPeriod")
	readZone(p, o)
	o.Weekday = p.text("weekday", "narrow short long", "")
	o.Era = p.text("era", "narrow short long", "")
	o.Year = p.text("year", "2-digit numeric", "")
	o.Month = p.text("month", "2-digit numeric narrow short long", "")
	o.Day = p.text("day", "2-digit numeric", "")
	o.Hour = p.text("hour", "2-digit numeric", "")
	o.Minute = p.text("minute", "2-digit numeric", "")
	o.Second = p.text("second", "2-digit numeric", "")
	o.FractionalSecondDigits = p.number("fractionalSecondDigits", 1, 3, 0)
	o.TimeZoneName = p.text("timeZoneName", "short long shortOffset longOffset shortGeneric longGeneric", "")
	p.refuse("timeZoneName", "short", "long", "shortOffset", "longOffset")
	o.DateStyle = p.text("dateStyle", "full long medium short", "")
	o.TimeStyle = p.text("timeStyle", "full long medium short", "")
	o.HourCycle = intl.HourCycleOf(o.Locale)
	if cycle := p.text("hourCycle", "h11 h12 h23 h24", ""); cycle != "" {
		o.HourCycle = cycle
	}
	if twelve, given := p.flag("hour12"); given {
		o.HourCycle = "h23"
		if twelve {
			o.HourCycle = "h12"
		}
	}
	dateDefaults(rt, o, required, defaults)
	return o
}

func readZone(p options, o *intl.DateOptions) {
	name := p.text("timeZone", "", "")
	if !p.has("timeZone") {
		o.Zone, o.ZoneName = time.Local, time.Local.String()
		if o.ZoneName == "Local" {
			o.Zone, o.ZoneName = localZone()
		}
		return
	}
	var err error
	if o.Zone, o.ZoneName, err = intl.Zone(name); err != nil {
		throwRange(p.rt, "Invalid time zone specified: "+name)
	}
}

// localZone is time.Local, which Date uses, under a name that script can use: UTC where it has no offset.
func localZone() (*time.Location, string) {
	if _, offset := time.Now().Zone(); offset == 0 {
		return time.Local, "UTC"
	}
	return time.Local, time.Now().Format("-07:00")
}

// dateDefaults fills in what is shown where the options name nothing.
func dateDefaults(rt *goja.Runtime, o *intl.DateOptions, required, defaults string) {
	date := o.Weekday != "" || o.Year != "" || o.Month != "" || o.Day != ""
	clock := o.Hour != "" || o.Minute != "" || o.Second != "" || o.FractionalSecondDigits > 0
	if o.DateStyle != "" || o.TimeStyle != "" {
		switch {
		case date || clock || o.Era != "" || o.TimeZoneName != "":
			panic(rt.NewTypeError("Can't set option of date or time fields when dateStyle or timeStyle is used"))
		case required == "date" && o.TimeStyle != "":
			panic(rt.NewTypeError("Invalid option : timeStyle"))
		case required == "time" && o.DateStyle != "":
			panic(rt.NewTypeError("Invalid option : dateStyle"))
		}
		return
	}
	if required != "time" && date || required != "date" && clock {
		return
	}
	if defaults != "time" {
		o.Year, o.Month, o.Day = "numeric", "numeric", "numeric"
	}
	if defaults != "date" {
		o.Hour, o.Minute, o.Second = "numeric", "numeric", "numeric"
	}
}

// maxTime is the greatest time value, in milliseconds.
const maxTime = 8.64e15

// timeOf makes a time of a time value; false if it is none.
func timeOf(ms float64) (time.Time, bool) {
	if math.IsNaN(ms) || math.Abs(ms) > maxTime {
		return time.Time{}, false
	}
	return time.UnixMilli(int64(ms)), true
}

func dateToLocale(required, defaults string) func(rt *goja.Runtime) native {
	return func(rt *goja.Runtime) native {
		getTime := intrinsic(rt, "Date.prototype", "getTime")
		return func(call goja.FunctionCall) goja.Value {
			t, ok := timeOf(invoke(getTime, call.This).ToFloat())
			if !ok {
				return newString("Invalid Date")
			}
			o := dateOptions(rt, call.Argument(0), call.Argument(1), required, defaults)
			return newString(intl.Join(o.FormatDate(t)))
		}
	}
}

// dateTimeFormat is the slots of an Intl.DateTimeFormat.
type dateTimeFormat struct {
	o     *intl.DateOptions
	bound *goja.Object
}

func dateTimeFormatClass(rt *goja.Runtime) *goja.Object {
	const name = "DateTimeFormat"
	now := intrinsic(rt, "Date", "now")
	var c class
	c = newCallableClass(rt, name, 0, nil, func(call goja.ConstructorCall) *goja.Object {
		this := c.instance(call)
		attach(rt, this, &dateTimeFormat{o: dateOptions(rt, call.Argument(0), call.Argument(1), "any", "date")})
		return this
	})
	parts := func(f *dateTimeFormat, v goja.Value) []intl.Part {
		if goja.IsUndefined(v) {
			v = invoke(now, goja.Undefined())
		}
		t, ok := timeOf(v.ToNumber().ToFloat())
		if !ok {
			throwRange(rt, "Invalid time value")
		}
		return f.o.FormatDate(t)
	}
	of := func(call goja.FunctionCall, method string) *dateTimeFormat {
		return slots[*dateTimeFormat](rt, call.This, "Intl.DateTimeFormat.prototype."+method)
	}
	c.getter("format", func(call goja.FunctionCall) goja.Value {
		f := of(call, "format")
		if f.bound == nil {
			f.bound = newFunction(rt, "", 1, func(call goja.FunctionCall) goja.Value {
				return newString(intl.Join(parts(f, call.Argument(0))))
			})
		}
		return f.bound
	})
	c.method("formatToParts", 1, func(call goja.FunctionCall) goja.Value {
		return partsArray(rt, parts(of(call, "formatToParts"), call.Argument(0)))
	})
	c.method("resolvedOptions", 0, func(call goja.FunctionCall) goja.Value {
		o := of(call, "resolvedOptions").o
		pairs := []any{"locale", o.Locale, "calendar", "gregory", "numberingSystem", "latn", "timeZone", o.ZoneName}
		if o.Hour != "" || o.TimeStyle != "" {
			pairs = append(pairs, "hourCycle", o.HourCycle, "hour12", strings.HasPrefix(o.HourCycle, "h1"))
		}
		pairs = append(pairs, "weekday", o.Weekday, "era", o.Era, "year", o.Year, "month", o.Month, "day", o.Day, "hour", o.Hour,
			"minute", o.Minute, "second", o.Second)
		if o.FractionalSecondDigits > 0 {
			pairs = append(pairs, "fractionalSecondDigits", o.FractionalSecondDigits)
		}
		return resolved(rt, append(pairs, "timeZoneName", o.TimeZoneName, "dateStyle", o.DateStyle, "timeStyle", o.TimeStyle)...)
	})
	supportedLocalesOf(c, intl.SupportsDates)
	c.tag("Intl.DateTimeFormat")
	return c.constructor
}
