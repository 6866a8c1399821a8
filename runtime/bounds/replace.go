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
			if template := r.String(); strings.Contains(template, "$") {
				each += int64(strings.Count(template, "$")) * size
			}
		}
		if each == 0 || matches <= (limit-min(size, limit))/each {
			return args, nil
		}
		call = func(c goja.FunctionCall) goja.Value { return s.substitute(r, c.Arguments) }
	}
	return append([]goja.Value{args[0], s.watched()}, args[2:]...), &replacing{call: call, total: int64(t.Length())}
}

// substitute is GetSubstitution, https://tc39.es/ecma262/#sec-getsubstitution, for the arguments that a replacer function gets:
// the match, its captures, position, the whole text, and groups if there are named ones.
func (s *state) substitute(template goja.String, args []goja.Value) goja.Value {
	var groups *goja.Object
	if o, ok := args[len(args)-1].(*goja.Object); ok {
		groups, args = o, args[:len(args)-1]
	}
	n := len(args)
	text, position := args[n-1].(goja.String), int(args[n-2].ToInteger())
	matched := args[0].(goja.String)
	captures := args[1 : n-2]
	b := s.builder()
	length := template.Length()
	for i := 0; i < length; {
		next := i
		for next < length && template.CharAt(next) != '$' {
			next++
		}
		b.add(template.Substring(i, next))
		if next+1 >= length {
			b.add(template.Substring(next, length))
			break
		}
		i = next + 2
		switch c := template.CharAt(next + 1); {
		case c == '$':
			b.add(template.Substring(next, next+1))
		case c == '&':
			b.add(matched)
		case c == '`':
			b.add(text.Substring(0, position))
		case c == '\'':
			b.add(text.Substring(min(position+matched.Length(), text.Length()), text.Length()))
		case c >= '0' && c <= '9':
			i = s.numbered(b, template, next, captures)
		case c == '<' && groups != nil:
			i = s.named(b, template, next, groups)
		default:
			b.add(template.Substring(next, next+2))
		}
	}
	return b.text()
}

// numbered adds what $n or $nn stands for and gives where the template goes on.
func (s *state) numbered(b *builder, template goja.String, at int, captures []goja.Value) int {
	digit := func(i int) int {
		if i < template.Length() {
			if c := template.CharAt(i); c >= '0' && c <= '9' {
				return int(c - '0')
			}
		}
		return -1
	}
	n, end := digit(at+1), at+2
	if d := digit(at + 2); d >= 0 && n*10+d > 0 && n*10+d <= len(captures) {
		n, end = n*10+d, at+3
	}
	if n == 0 || n > len(captures) {
		b.add(template.Substring(at, end))
		return end
	}
	if t, ok := captures[n-1].(goja.String); ok {
		b.add(t)
	}
	return end
}

// named adds what $<name> stands for and gives where the template goes on.
func (s *state) named(b *builder, template goja.String, at int, groups *goja.Object) int {
	for end := at + 2; end < template.Length(); end++ {
		if template.CharAt(end) != '>' {
			continue
		}
		if v := groups.Get(template.Substring(at+2, end).String()); v != nil && !goja.IsUndefined(v) {
			b.add(s.mustText(v))
		}
		return end + 1
	}
	b.add(template.Substring(at, at+2))
	return at + 2
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
