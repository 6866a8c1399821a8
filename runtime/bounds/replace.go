package bounds

import (
	"slices"
	"strings"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/engine"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// replaceText is replace and replaceAll. With an object to search for, its own method does the work and has its own bounds.
func replaceText(all bool) rule {
	return func(s *state, own native) native { return s.replaceText(own, all) }
}

func (s *state) replaceText(own native, all bool) native {
	return func(c goja.FunctionCall) goja.Value {
		if _, ok := c.Argument(0).(*goja.Object); ok || len(c.Arguments) < 2 {
			return own(c)
		}
		t, ok := s.this(&c)
		if !ok {
			return own(c)
		}
		search, ok := s.text(c.Arguments[0])
		if !ok {
			search, _ = s.rt.ToValue(c.Arguments[0].String()).(goja.String)
		}
		if all {
			if v := s.replaceASCII(t, search, c.Arguments[1]); v != nil {
				return v
			}
		}
		args, watched := s.boundReplacement(t, c.Arguments, func(upper int64) int64 {
			return min(upper, int64(count(t, search)))
		}, int64(t.Length()/max(1, search.Length()))+1, false)
		c.Arguments = args
		return s.watch(watched, own, c)
	}
}

// replaceASCII is replaceAll of plain text, nil if it is none.
func (s *state) replaceASCII(t, search, by goja.Value) goja.Value {
	text, ok := inner.asciiText(t)
	from, plain := inner.asciiText(search)
	to, literal := inner.asciiText(by)
	if !ok || !plain || !literal || from == "" || strings.Contains(to, "$") || ordinary < 0 {
		return nil
	}
	n := int64(strings.Count(text, from))
	if n == 0 {
		return t
	}
	each := int64(len(to) - len(from))
	if each > 0 {
		s.fits(n, each, textString)
	}
	s.charge(int64(len(text))+n*each, textString)
	return asciiText(strings.ReplaceAll(text, from, to))
}

// count is how often search is in t, which is at most what replaceAll finds.
func count(t, search goja.String) int {
	if search.Length() == 0 {
		return t.Length() + 1
	}
	return strings.Count(t.String(), search.String())
}

// replacing is one replace whose result is added up before it is built: goja only finds the matches, and is told that each becomes nothing.
type replacing struct {
	text  goja.String
	call  native   // the replacer function, nil if parts is what stands for each match
	parts template // a replacement text
	units int64    // how long the result is so far
	wide  int64
	found []replacement
}

// replacement is what stands for one match.
type replacement struct {
	at, length int // of the match
	text       goja.String
	args       []goja.Value // what parts are to be filled with
}

// watch calls own while its replacer function is watched.
func (s *state) watch(r *replacing, own native, c goja.FunctionCall) goja.Value {
	if r == nil {
		return own(c)
	}
	outer := s.replacing
	s.replacing = r
	defer func() { s.replacing = outer }()
	own(c)
	return s.build(r)
}

// watched is the function that stands for the replacer of the replace that runs.
func (s *state) watched() *goja.Object {
	if s.replacer == nil {
		empty := s.rt.ToValue("")
		s.replacer = engine.NewFunction(s.rt, "", 0, func(c goja.FunctionCall) goja.Value {
			s.note(s.replacing, c)
			return empty
		})
	}
	return s.replacer
}

// note takes down one match, for which a replacer function is given c.
func (s *state) note(w *replacing, c goja.FunctionCall) {
	last := len(c.Arguments) - 1
	if _, named := c.Arguments[last].(*goja.Object); named {
		last--
	}
	r := replacement{at: int(c.Arguments[last-1].ToInteger()), length: c.Arguments[0].(goja.String).Length()}
	count := func(t goja.String, from, to int) {
		if to > from {
			w.units, w.wide = w.units+int64(to-from), max(w.wide, width(t))
		}
	}
	if w.call != nil {
		v := w.call(c)
		t, ok := v.(goja.String)
		if !ok {
			t = s.mustText(v)
		}
		r.text = t
		count(t, 0, t.Length())
	} else {
		w.parts.each(s, c.Arguments, count)
		r.args = slices.Clone(c.Arguments)
		s.chargeSmall(int64(len(r.args)) * bytesValue)
	}
	w.units -= int64(r.length)
	s.fits(w.units, w.wide, textString)
	s.chargeSmall(bytesMatch)
	w.found = append(w.found, r)
	if len(w.found)&0xFF == 0 {
		s.poll()
	}
}

// build makes the result.
func (s *state) build(w *replacing) goja.Value {
	if len(w.found) == 0 {
		return w.text
	}
	s.charge(w.units*w.wide, textString)
	var b goja.StringBuilder
	if w.wide > 1 {
		b.LikelyUnicode(int(w.units))
	}
	b.Grow(int(w.units))
	next, steps := 0, 0
	write := func(t goja.String, from, to int) {
		if steps++; steps&0xFFF == 0 || to-from > longText {
			s.poll()
		}
		if from == 0 && to == t.Length() {
			b.WriteString(t)
		} else if to > from {
			b.WriteSubstring(t, from, to)
		}
	}
	for i := range w.found {
		r := &w.found[i]
		write(w.text, next, r.at)
		if next = r.at + r.length; r.text != nil {
			write(r.text, 0, r.text.Length())
		} else {
			w.parts.each(s, r.args, write)
		}
	}
	write(w.text, next, w.text.Length())
	return b.String()
}

// boundReplacement bounds what replacing some matches in t makes. matches is how many there are at most; exact, asked only
// where that is too many, counts them; overlap says that their captures may overlap. It gives the arguments to go on with: the replacement, args[1], becomes a function that
// adds up what is to be built, unless it is a short text that can't get too long.
func (s *state) boundReplacement(t goja.String, args []goja.Value, exact func(upper int64) int64, matches int64, overlap bool) ([]goja.Value, *replacing) {
	limit := s.meter.limit()
	size := int64(t.Length()) * 2
	if matches > limit/bytesMatch {
		matches = exact(matches)
		s.fits(matches, bytesMatch, textString)
	}
	call := code(args[1])
	if call == nil {
		r, ok := args[1].(goja.String)
		if !ok {
			if _, isObject := args[1].(*goja.Object); !isObject {
				return args, nil // undefined, a number: short
			}
			r = s.mustText(args[1])
			args = append([]goja.Value{args[0], r}, args[2:]...)
		}
		// What a match has matched or captured lies in no other match, unless captures are of what is only looked at.
		text := r.String()
		around := int64(strings.Count(text, "$`") + strings.Count(text, "$'"))
		within := int64(strings.Count(text, "$")) - around
		if overlap {
			around, within = around+within, 0
		}
		room := limit - min(size, limit) - min(within*size, limit)
		if each := int64(r.Length())*2 + around*size; each == 0 || room >= 0 && matches <= room/each {
			return args, nil
		}
	}
	return append([]goja.Value{args[0], s.watched()}, args[2:]...), s.replacingBy(t, args[1])
}

// replacingBy is how a replacement, a function or made a text, is added up.
func (s *state) replacingBy(t goja.String, by goja.Value) *replacing {
	w := &replacing{text: t, call: code(by), units: int64(t.Length()), wide: width(t)}
	if w.call == nil {
		w.parts = parse(s.mustText(by))
	}
	return w
}

// replaceEach is replace of a regular expression that script has not changed, one match after the other.
func (s *state) replaceEach(r *goja.Object, w *replacing) goja.Value {
	realm := webidl.Of(s.rt)
	exec := realm.Intrinsic("RegExp.prototype.exec")
	global := r.Get("global").ToBoolean()
	unicode := r.Get("unicode").ToBoolean()
	setLast := func(at int) {
		if err := r.Set("lastIndex", at); err != nil {
			panic(err)
		}
	}
	if global {
		setLast(0)
	}
	for {
		m, ok := realm.Invoke(exec, r, w.text).(*goja.Object)
		if !ok {
			break
		}
		var args []goja.Value
		for i := range lengthOf(m) {
			args = append(args, orUndefined(m.Get(index(i))))
		}
		at := m.Get("index")
		args = append(args, at, w.text)
		if groups, ok := m.Get("groups").(*goja.Object); ok {
			args = append(args, groups)
		}
		last := r.Get("lastIndex") // the replacer may change it, but goja and others have found all matches by then
		s.note(w, goja.FunctionCall{This: goja.Undefined(), Arguments: args})
		if !global {
			break
		}
		next := int(last.ToInteger())
		if args[0].(goja.String).Length() == 0 {
			next = advance(w.text, next, unicode)
		}
		setLast(next)
	}
	return s.build(w)
}

// advance is AdvanceStringIndex.
func advance(t goja.String, at int, unicode bool) int {
	if unicode && at+1 < t.Length() && t.CharAt(at)&0xFC00 == 0xD800 && t.CharAt(at+1)&0xFC00 == 0xDC00 {
		return at + 2
	}
	return at + 1
}

// template is a replacement text in its parts.
type template []part

// part is a text, or what stands for something of the match.
type part struct {
	text goja.String // as it stands there, whatever kind is
	kind byte        // 0 for a text, or what follows the dollar sign: & ` ' 0 (a number) <
	n    [2]int      // for a number: of two digits if there are so many captures, else of one
	rest goja.String // for a number of two digits: the second
	name string
}

// parse reads a replacement text, https://tc39.es/ecma262/#sec-getsubstitution.
func parse(t goja.String) template {
	var parts template
	length := t.Length()
	digit := func(i int) int {
		if i < length {
			if c := t.CharAt(i); c >= '0' && c <= '9' {
				return int(c - '0')
			}
		}
		return -1
	}
	literal := 0
	flush := func(end int) {
		if end > literal {
			parts = append(parts, part{text: t.Substring(literal, end)})
		}
	}
	for i := 0; i+1 < length; {
		if t.CharAt(i) != '$' {
			i++
			continue
		}
		next := i + 2
		p := part{kind: byte(t.CharAt(i + 1))}
		switch c := t.CharAt(i + 1); {
		case c == '$':
			flush(i + 1)
			i, literal = next, next
			continue
		case c == '&' || c == '`' || c == '\'':
		case c >= '0' && c <= '9':
			p.kind, p.n = '0', [2]int{-1, digit(i + 1)}
			if d := digit(i + 2); d >= 0 {
				next++
				p.n[0], p.rest = p.n[1]*10+d, t.Substring(i+2, i+3)
			}
		case c == '<':
			end := next
			for end < length && t.CharAt(end) != '>' {
				end++
			}
			if end == length {
				i = next
				continue
			}
			p.name = t.Substring(next, end).String()
			next = end + 1
		default:
			i = next
			continue
		}
		flush(i)
		p.text = t.Substring(i, next)
		parts = append(parts, p)
		i, literal = next, next
	}
	flush(length)
	return parts
}

// expand gives what t becomes for the arguments that a replacer function gets.
func (s *state) expand(t template, args []goja.Value) goja.Value {
	b := s.builder()
	t.each(s, args, func(text goja.String, from, to int) { b.add(text.Substring(from, to)) })
	return b.text()
}

// each gives emit, one after the other, the pieces of texts that t becomes for the arguments that a replacer function gets: the match, its captures, position,
// the whole text, and groups if there are named ones.
func (t template) each(s *state, args []goja.Value, emit func(text goja.String, from, to int)) {
	var groups *goja.Object
	if o, ok := args[len(args)-1].(*goja.Object); ok {
		groups, args = o, args[:len(args)-1]
	}
	n := len(args)
	text, position := args[n-1].(goja.String), int(args[n-2].ToInteger())
	matched := args[0].(goja.String)
	captures := args[1 : n-2]
	whole := func(t goja.String) { emit(t, 0, t.Length()) }
	for i := range t {
		switch p := &t[i]; p.kind {
		case 0:
			whole(p.text)
		case '&':
			whole(matched)
		case '`':
			emit(text, 0, position)
		case '\'':
			emit(text, min(position+matched.Length(), text.Length()), text.Length())
		case '0':
			p.numbered(captures, whole)
		case '<':
			if groups == nil {
				whole(p.text)
			} else if v := groups.Get(p.name); v != nil && !goja.IsUndefined(v) {
				whole(s.mustText(v))
			}
		}
	}
}

// numbered emits what $n or $nn stands for.
func (p *part) numbered(captures []goja.Value, emit func(goja.String)) {
	n, rest := p.n[0], goja.String(nil)
	if n <= 0 || n > len(captures) {
		n, rest = p.n[1], p.rest
	}
	if n <= 0 || n > len(captures) {
		emit(p.text)
		return
	}
	if t, ok := captures[n-1].(goja.String); ok {
		emit(t)
	}
	if rest != nil {
		emit(rest)
	}
}

// splitText is split by a text. goja lists all pieces before it looks at how many are wanted.
func splitText(s *state, own native) native {
	return func(c goja.FunctionCall) goja.Value {
		if _, ok := c.Argument(0).(*goja.Object); ok {
			return own(c)
		}
		t, ok := s.this(&c)
		if !ok || int64(t.Length()) <= s.meter.limit()/bytesPiece {
			return own(c)
		}
		if separator, ok := c.Argument(0).(goja.String); ok {
			s.charge(int64(count(t, separator))*bytesPiece, textArray)
		}
		return own(c)
	}
}
