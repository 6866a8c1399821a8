package bounds

import (
	"strings"

	"github.com/dop251/goja"
)

// replaceText is replace and replaceAll. With an object to search for, its own method does the work and has its own bounds.
func replaceText(s *state, own native) native {
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
		args, watched := s.boundReplacement(t, c.Arguments, func(upper int64) int64 {
			return min(upper, int64(count(t, search)))
		}, int64(t.Length()/max(1, search.Length()))+1)
		c.Arguments = args
		return s.watch(watched, own, c)
	}
}

// count is how often search is in t, which is at most what replaceAll finds.
func count(t, search goja.String) int {
	if search.Length() == 0 {
		return t.Length() + 1
	}
	return strings.Count(t.String(), search.String())
}

// replacing adds up what one replace makes.
type replacing struct {
	call  native
	total int64
}

// watch calls own while its replacer function is watched.
func (s *state) watch(r *replacing, own native, c goja.FunctionCall) goja.Value {
	if r == nil {
		return own(c)
	}
	outer := s.replacing
	s.replacing = r
	defer func() { s.replacing = outer }()
	return own(c)
}

// watched is the function that stands for the replacer of the replace that runs.
func (s *state) watched() *goja.Object {
	if s.replacer == nil {
		s.replacer = s.rt.ToValue(func(c goja.FunctionCall) goja.Value {
			w := s.replacing
			v := w.call(c)
			r, ok := v.(goja.String)
			if !ok {
				r = s.mustText(v)
			}
			n := int64(r.Length()) * width(r)
			w.total += n
			s.fits(w.total, 1, textString)
			s.chargeSmall(n)
			return r
		}).(*goja.Object)
	}
	return s.replacer
}

// boundReplacement bounds what replacing some matches in t makes. matches is how many there are at most; exact, asked only
// where that is too many, counts them. It gives the arguments to go on with: the replacement, args[1], becomes a function that
// adds its results up, unless it is a short text that can't get too long.
func (s *state) boundReplacement(t goja.String, args []goja.Value, exact func(upper int64) int64, matches int64) ([]goja.Value, *replacing) {
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
		each := int64(r.Length()) * 2
		if each > 0 {
			each += int64(strings.Count(r.String(), "$")) * size
		}
		if each == 0 || matches <= (limit-min(size, limit))/each {
			return args, nil
		}
		parts := parse(r)
		call = func(c goja.FunctionCall) goja.Value { return s.expand(parts, c.Arguments) }
	}
	return append([]goja.Value{args[0], s.watched()}, args[2:]...), &replacing{call: call, total: int64(t.Length())}
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

// expand gives what t becomes for the arguments that a replacer function gets: the match, its captures, position, the whole
// text, and groups if there are named ones.
func (s *state) expand(t template, args []goja.Value) goja.Value {
	var groups *goja.Object
	if o, ok := args[len(args)-1].(*goja.Object); ok {
		groups, args = o, args[:len(args)-1]
	}
	n := len(args)
	text, position := args[n-1].(goja.String), int(args[n-2].ToInteger())
	matched := args[0].(goja.String)
	captures := args[1 : n-2]
	b := s.builder()
	for i := range t {
		switch p := &t[i]; p.kind {
		case 0:
			b.add(p.text)
		case '&':
			b.add(matched)
		case '`':
			b.add(text.Substring(0, position))
		case '\'':
			b.add(text.Substring(min(position+matched.Length(), text.Length()), text.Length()))
		case '0':
			s.numbered(b, p, captures)
		case '<':
			if groups == nil {
				b.add(p.text)
			} else if v := groups.Get(p.name); v != nil && !goja.IsUndefined(v) {
				b.add(s.mustText(v))
			}
		}
	}
	return b.text()
}

// numbered adds what $n or $nn stands for.
func (s *state) numbered(b *builder, p *part, captures []goja.Value) {
	n, rest := p.n[0], goja.String(nil)
	if n <= 0 || n > len(captures) {
		n, rest = p.n[1], p.rest
	}
	if n <= 0 || n > len(captures) {
		b.add(p.text)
		return
	}
	if t, ok := captures[n-1].(goja.String); ok {
		b.add(t)
	}
	if rest != nil {
		b.add(rest)
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
