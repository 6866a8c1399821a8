package bounds

import (
	"strings"
	"time"
	"unsafe" // for linkname too

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/engine"
)

// RegExpTimeout is how long one match of a regular expression that backtracks may take.
const RegExpTimeout = time.Second

const (
	// A pattern that costs more than this isn't compiled. The cost is about how many steps of a program it becomes.
	maxPatternCost = 1 << 18
	// How deep the groups of a pattern may lie in each other.
	maxPatternDepth = 250
	// A text this long is looked at before it is matched.
	longSubject = 1 << 12
	// Steps of a program times length of a text: a linear match takes some nanoseconds for each.
	maxMatchWork = 1 << 32

	textPattern = "Regular expression too large"
	textSlow    = "Regular expression took too long"
)

func init() {
	for id, r := range map[string]rule{
		"RegExp":                           patternCall,
		"RegExp.prototype.compile":         patternCall,
		"RegExp.prototype.exec":            matches,
		"RegExp.prototype.test":            matches,
		"RegExp.prototype[Symbol.search]":  searches,
		"RegExp.prototype[Symbol.match]":   matchesAll("match"),
		"RegExp.prototype[Symbol.replace]": matchesAll("replace"),
		"RegExp.prototype[Symbol.split]":   matchesAll("split"),
	} {
		rules[id] = r
	}
	constructRules["RegExp"] = func(s *state, own construct) construct {
		return func(args []goja.Value, newTarget *goja.Object) *goja.Object {
			return own(s.boundPattern(args), newTarget)
		}
	}
}

//go:linkname nanotime runtime.nanotime
func nanotime() int64

func patternCall(s *state, own native) native {
	return func(c goja.FunctionCall) goja.Value {
		c.Arguments = s.boundPattern(c.Arguments)
		return own(c)
	}
}

// patternArgument is for the methods of strings that make a regular expression of a text.
func patternArgument(s *state, own native) native {
	return func(c goja.FunctionCall) goja.Value {
		if t, ok := c.Argument(0).(goja.String); ok {
			s.boundSource(t)
		}
		return own(c)
	}
}

// boundPattern refuses patterns that cost too much. An object that is no regular expression is made a text here, once.
func (s *state) boundPattern(args []goja.Value) []goja.Value {
	if len(args) == 0 {
		return args
	}
	switch p := args[0].(type) {
	case goja.String:
		s.boundSource(p)
	case *goja.Object:
		if p.ClassName() != "RegExp" && goja.IsUndefined(orUndefined(p.GetSymbol(goja.SymMatch))) {
			if t, ok := s.text(p); ok {
				s.boundSource(t)
				return append([]goja.Value{t}, args[1:]...)
			}
		}
	}
	return args
}

func (s *state) boundSource(p goja.String) {
	if p.Length() < 64 {
		return // neither deep nor long; repeats of repeats are too few
	}
	if p.Length() > maxPatternCost || patternCost(p.String()) > maxPatternCost {
		panic(s.newError("SyntaxError", "Invalid regular expression: "+textPattern))
	}
	s.chargeSmall(int64(p.Length()) * 64)
}

// patternCost estimates how many steps the program of a pattern has: one for each byte, times the counts of the repeats around it.
// It is more than maxPatternCost for one nested too deep.
func patternCost(pattern string) int64 {
	const most = int64(maxPatternCost) * 4
	open := make([]int64, 1, 8) // what each group that is open costs so far
	last := int64(1)            // the cost of what a repeat would repeat
	add := func(n int64) {
		last = min(n, most)
		open[len(open)-1] = min(open[len(open)-1]+last, most)
	}
	for i := 0; i < len(pattern); i++ {
		switch pattern[i] {
		case '\\':
			i++
			add(1)
		case '[':
			for i++; i < len(pattern) && pattern[i] != ']'; i++ {
				if pattern[i] == '\\' {
					i++
				}
			}
			add(4)
		case '(':
			if len(open) > maxPatternDepth {
				return most
			}
			open = append(open, 2)
		case ')':
			if len(open) > 1 {
				n := open[len(open)-1]
				open = open[:len(open)-1]
				add(n)
			}
		case '{':
			if times, end := repeatCount(pattern, i); end > 0 {
				open[len(open)-1] = min(open[len(open)-1]+last*(times-1), most)
				last = min(last*times, most)
				i = end
			} else {
				add(1)
			}
		default:
			add(1)
		}
	}
	sum := int64(0)
	for _, n := range open {
		sum += n
	}
	return sum
}

// repeatCount reads {n}, {n,} or {n,m}: the greater of both, at least 1, and where it ends, 0 if it is no repeat.
func repeatCount(pattern string, at int) (times int64, end int) {
	n, digits := int64(0), 0
	times = 1
	for i := at + 1; i < len(pattern); i++ {
		switch c := pattern[i]; {
		case c >= '0' && c <= '9':
			n, digits = min(n*10+int64(c-'0'), maxPatternCost*4), digits+1
		case c == ',' && digits > 0:
			times, n = max(times, n), 0
		case c == '}' && digits > 0:
			return max(times, n), i
		default:
			return 0, 0
		}
	}
	return 0, 0
}

// boundSubject refuses to match a text that is too long for goja's copy of it, or for the pattern.
func (s *state) boundSubject(c *goja.FunctionCall, t goja.String) {
	n := int64(t.Length())
	s.fits(n, 4, textString)
	if last := addressOf(t); n > ordinary && last != s.matched {
		s.matched = last // goja keeps its copy of the last text: a loop over its matches makes one
		s.chargeSmall(n * 4)
	}
	o, ok := c.This.(*goja.Object)
	if !ok || o.ClassName() != "RegExp" {
		return
	}
	if source, ok := o.Get("source").(goja.String); ok && patternCost(source.String()) > maxMatchWork/n {
		s.throwRange(textSlow)
	}
}

// addressOf tells texts apart. It doesn't keep them: one that comes to lie where another was may be taken for that.
func addressOf(t goja.String) uintptr {
	return *(*uintptr)((*[2]unsafe.Pointer)(unsafe.Pointer(&t))[1]) // all kinds of texts begin with where their units are
}

// subject is the text that a method of regular expressions is given; an object is made a text.
func (s *state) subject(c *goja.FunctionCall) goja.String {
	if len(c.Arguments) == 0 {
		return nil
	}
	t, ok := c.Arguments[0].(goja.String)
	if !ok {
		o, isObject := c.Arguments[0].(*goja.Object)
		if !isObject {
			return nil
		}
		if t, ok = s.text(o); !ok {
			return nil
		}
		set(c, 0, t)
	}
	return t
}

// matches is for methods that look for one match. goja takes a match that ran into its time limit for none.
func matches(s *state, own native) native {
	return func(c goja.FunctionCall) goja.Value {
		if t := s.subject(&c); t != nil && t.Length() > longSubject {
			s.boundSubject(&c, t)
		}
		start := nanotime()
		v := own(c)
		if found := v.ToBoolean() && !v.StrictEquals(minusOne); !found && nanotime()-start >= int64(RegExpTimeout) {
			s.tooSlow()
		}
		return v
	}
}

// changed reports whether v is an object that script has given an exec of its own, or may have. goja's own way with these is not the
// specification's: it panics where there is no exec, or a result has no index.
func (s *state) changed(v goja.Value) bool {
	o, ok := v.(*goja.Object)
	switch {
	case !ok:
		return false
	case inner != nil:
		return !engine.OrdinaryRegExp(o)
	}
	exec, _ := o.Get("exec").(*goja.Object)
	return o.ClassName() != "RegExp" || exec == nil || exec != s.exec
}

// searches is matches for search.
func searches(s *state, own native) native {
	ordinary := matches(s, own)
	return func(c goja.FunctionCall) goja.Value {
		if s.changed(c.This) {
			return s.call("search", c)
		}
		return ordinary(c)
	}
}

// looksAround reports whether captures of a regular expression may be of what lies beside a match.
func looksAround(v goja.Value) bool {
	o, ok := v.(*goja.Object)
	if !ok {
		return true
	}
	source := o.Get("source").String()
	for _, part := range []string{"(?=", "(?!", "(?<=", "(?<!"} {
		if strings.Contains(source, part) {
			return true
		}
	}
	return false
}

// minusOne is what search gives for nothing found.
var minusOne = goja.New().ToValue(-1)

// tooSlow ends what ran into the time limit.
func (s *state) tooSlow() {
	s.poll()
	s.throwRange(textSlow)
}

// matchesAll is for methods that goja has list all matches first. Where that list could get too long, script of our own does the
// same one match after the other.
func matchesAll(name string) rule {
	whole := name
	if name == "split" {
		whole = "splitAny"
	}
	return func(s *state, own native) native {
		return func(c goja.FunctionCall) goja.Value {
			if s.changed(c.This) {
				return s.call(whole, c)
			}
			t := s.subject(&c)
			if t == nil {
				return own(c)
			}
			n := int64(t.Length())
			if n > longSubject {
				s.boundSubject(&c, t)
			}
			replaces := name == "replace" && len(c.Arguments) > 1
			if n > s.meter.limit()/bytesMatch || ordinary < 0 {
				if r, ok := c.This.(*goja.Object); ok && replaces && inner != nil {
					return s.replaceEach(r, s.replacingBy(t, c.Arguments[1]))
				}
				return s.call(name, c)
			}
			var w *replacing
			if replaces {
				c.Arguments, w = s.boundReplacement(t, c.Arguments, func(upper int64) int64 { return upper }, n+1, looksAround(c.This))
			}
			if r, ok := c.This.(*goja.Object); ok && w != nil && w.parts != nil && n > ordinary && inner != nil {
				return s.replaceEach(r, w)
			}
			start := nanotime()
			v := s.watch(w, own, c)
			if nanotime()-start < int64(RegExpTimeout) {
				return v
			}
			if replaces { // functions of script may have been called
				s.tooSlow()
			}
			// One match may have run into its limit, or there were very many on a busy machine: match by match it can be told.
			s.poll()
			return s.call(whole, c)
		}
	}
}
