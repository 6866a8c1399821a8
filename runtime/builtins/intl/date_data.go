package intl

import "strings"

// dateLocale is how a locale writes dates. Patterns have CLDR's letters: y, M, d; a doubled letter is always padded,
// other text is literal, quoted where it is a letter.
type dateLocale struct {
	months, monthsShort, weekdays, weekdaysShort string // space-separated
	// numeric patterns
	yMd, yM, Md string
	// patterns with the month in letters, short and long
	yMMMd, yMMM, MMMd    string
	yMMMMd, yMMMM, MMMMd string
	weekday              string // "E, D": what joins a weekday and a date
	weekdayLong          string // the same in dateStyle full
	short, medium        string // dateStyle
	join, joinLong       string // between date and time; joinLong where the month is in letters in full
	hour12               bool
	hourPadded           bool
	am, pm               string
}

var english = dateLocale{
	months:        "January February March April May June July August September October November December",
	monthsShort:   "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
	weekdays:      "Sunday Monday Tuesday Wednesday Thursday Friday Saturday",
	weekdaysShort: "Sun Mon Tue Wed Thu Fri Sat",
	yMd:           "M/d/y", yM: "M/y", Md: "M/d",
	yMMMd: "MMM d, y", yMMM: "MMM y", MMMd: "MMM d",
	yMMMMd: "MMM d, y", yMMMM: "MMM y", MMMMd: "MMM d",
	weekday: ", ", weekdayLong: ", ", short: "M/d/yy", medium: "MMM d, y",
	join: ", ", joinLong: " at ", hour12: true, am: "AM", pm: "PM",
}

var british = func() dateLocale {
	l := english
	l.monthsShort = strings.Replace(l.monthsShort, "Sep", "Sept", 1)
	l.yMd, l.yM, l.Md = "dd/MM/y", "MM/y", "dd/MM"
	l.yMMMd, l.MMMd, l.yMMMMd, l.MMMMd = "d MMM y", "d MMM", "d MMM y", "d MMM"
	l.weekdayLong, l.short, l.medium = " ", "dd/MM/y", "d MMM y"
	l.hour12, l.hourPadded, l.am, l.pm = false, true, "am", "pm"
	return l
}()

var dateLocales = map[string]dateLocale{
	"en-US": english,
	"en-GB": british,
	"en-AU": func() dateLocale {
		l := british
		l.hour12, l.hourPadded = true, false
		l.short = "d/M/yy"
		return l
	}(),
	"en-CA": func() dateLocale {
		l := english
		l.yMd, l.yM, l.Md, l.short = "y-MM-dd", "y-MM", "MM-dd", "y-MM-dd"
		l.am, l.pm = "a.m.", "p.m."
		return l
	}(),
	"sv-SE": {
		months:        "januari februari mars april maj juni juli augusti september oktober november december",
		monthsShort:   "jan. feb. mars apr. maj juni juli aug. sep. okt. nov. dec.",
		weekdays:      "söndag måndag tisdag onsdag torsdag fredag lördag",
		weekdaysShort: "sön mån tis ons tors fre lör",
		yMd:           "y-MM-dd", yM: "y-MM", Md: "d/M",
		yMMMd: "d MMM y", yMMM: "MMM y", MMMd: "d MMM", yMMMMd: "d MMM y", yMMMM: "MMM y", MMMMd: "d MMM",
		weekday: " ", weekdayLong: " ", short: "y-MM-dd", medium: "d MMM y",
		join: " ", joinLong: " kl. ", hourPadded: true, am: "fm", pm: "em",
	},
	"de-DE": {
		months:        "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
		monthsShort:   "Jan. Feb. März Apr. Mai Juni Juli Aug. Sept. Okt. Nov. Dez.",
		weekdays:      "Sonntag Montag Dienstag Mittwoch Donnerstag Freitag Samstag",
		weekdaysShort: "So Mo Di Mi Do Fr Sa",
		yMd:           "d.M.y", yM: "M/y", Md: "d.M.",
		yMMMd: "d. MMM y", yMMM: "MMM y", MMMd: "d. MMM", yMMMMd: "d. MMM y", yMMMM: "MMM y", MMMMd: "d. MMM",
		weekday: ", ", weekdayLong: ", ", short: "dd.MM.yy", medium: "dd.MM.y",
		join: ", ", joinLong: " um ", hourPadded: true, am: "AM", pm: "PM",
	},
	"fr-FR": {
		months:        "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
		monthsShort:   "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.",
		weekdays:      "dimanche lundi mardi mercredi jeudi vendredi samedi",
		weekdaysShort: "dim. lun. mar. mer. jeu. ven. sam.",
		yMd:           "dd/MM/y", yM: "MM/y", Md: "dd/MM",
		yMMMd: "d MMM y", yMMM: "MMM y", MMMd: "d MMM", yMMMMd: "d MMM y", yMMMM: "MMM y", MMMMd: "d MMM",
		weekday: " ", weekdayLong: " ", short: "dd/MM/y", medium: "d MMM y",
		join: " ", joinLong: " à ", hourPadded: true, am: "AM", pm: "PM",
	},
	"es-ES": {
		months:        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
		monthsShort:   "ene feb mar abr may jun jul ago sept oct nov dic",
		weekdays:      "domingo lunes martes miércoles jueves viernes sábado",
		weekdaysShort: "dom lun mar mié jue vie sáb",
		yMd:           "d/M/y", yM: "M/y", Md: "d/M",
		yMMMd: "d MMM y", yMMM: "MMM y", MMMd: "d MMM",
		yMMMMd: "d 'de' MMM 'de' y", yMMMM: "MMM 'de' y", MMMMd: "d 'de' MMM",
		weekday: ", ", weekdayLong: ", ", short: "d/M/yy", medium: "d MMM y",
		join: ", ", joinLong: ", ", am: "a.\u00a0m.", pm: "p.\u00a0m.",
	},
}

// dateParents are the tags that read dates of another.
var dateParents = map[string]string{
	"en": "en-US", "de": "de-DE", "de-AT": "de-DE", "fr": "fr-FR", "es": "es-ES", "sv": "sv-SE",
	"en-NZ": "en-AU", "en-IE": "en-GB",
}

// dateLocaleOf gives the data of a tag, false where there is none.
func dateLocaleOf(tag string) (dateLocale, bool) {
	if parent, ok := dateParents[tag]; ok {
		tag = parent
	}
	l, ok := dateLocales[tag]
	return l, ok
}

// SupportsDates tells whether dates are known in a canonical tag.
func SupportsDates(tag string) bool {
	_, ok := dateLocaleOf(tag)
	return ok
}

// zoneNames are the zones that en-US has names for, by the abbreviation of the zone database.
var zoneNames = map[string]string{
	"UTC": "Coordinated Universal Time", "GMT": "Greenwich Mean Time",
	"EST": "Eastern Standard Time", "EDT": "Eastern Daylight Time",
	"CST": "Central Standard Time", "CDT": "Central Daylight Time",
	"MST": "Mountain Standard Time", "MDT": "Mountain Daylight Time",
	"PST": "Pacific Standard Time", "PDT": "Pacific Daylight Time",
	"AKST": "Alaska Standard Time", "AKDT": "Alaska Daylight Time", "HST": "Hawaii-Aleutian Standard Time",
}
