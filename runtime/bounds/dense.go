package bounds

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"unsafe"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// What goja does with each element through the names of properties is done here at once where lists are plain: arrays of values, whose
// holes let nothing else through.

const pollEvery = 1 << 16 // elements

// newList makes an array of values, count of which are no holes.
func (s *state) newList(values []goja.Value, count int) *goja.Object {
	a := s.rt.NewArray()
	inner.setElements(a, int64(len(values)), values, count)
	return a
}

// arrayPrototype is %Array.prototype%.
func (s *state) arrayPrototype() *goja.Object {
	if s.arrays == nil {
		s.arrays = s.rt.NewArray().Prototype()
	}
	return s.arrays
}

// ordinaryHoles reports whether a hole in an array of prototype p is undefined, and becomes an element as in an ordinary object: no prototype has
// a property that is named by a number.
func (s *state) ordinaryHoles(o *goja.Object) bool {
	arrays := s.arrayPrototype()
	if o.Prototype() != arrays || arrays.Get("length").ToInteger() != 0 {
		return false
	}
	objects := arrays.Prototype()
	if objects == nil || objects.Prototype() != nil || objects.ExportType() == proxyType {
		return false
	}
	for _, name := range objects.GetOwnPropertyNames() {
		if name[0] >= '0' && name[0] <= '9' {
			return false
		}
	}
	return true
}

// makesArrays reports whether what a method of arrays makes of o is an ordinary array: ArraySpeciesCreate.
func (s *state) makesArrays(o *goja.Object) bool {
	if _, _, ok := inner.elements(o); !ok {
		return o.ExportType() != proxyType && o.ClassName() != "Array"
	}
	class, ok := o.Get("constructor").(*goja.Object)
	if !ok || !s.isArrayClass(class) {
		return false
	}
	species, ok := class.GetSymbol(goja.SymSpecies).(*goja.Object)
	return ok && species == class
}

// isArrayClass reports whether o is %Array%, whatever script has done to the global.
func (s *state) isArrayClass(o *goja.Object) bool { return o == webidl.Of(s.rt).Global("Array") }

// relative is a position in a list of n that argument i gives, absent if there is none; ok is false for what must be refused.
func (s *state) relative(c *goja.FunctionCall, i int, n, absent int64) (at int64, ok bool) {
	switch v := c.Argument(i).(type) {
	case *goja.Symbol:
		return 0, false
	default:
		if goja.IsUndefined(v) {
			return absent, true
		}
		if goja.IsBigInt(v) {
			return 0, false
		}
	}
	f := truncate(s.number(c, i))
	if f < 0 {
		f = math.Max(f+float64(n), 0)
	}
	return int64(math.Min(f, float64(n))), true
}

// fillList is fill. goja looks each hole up in the prototypes.
func fillList(s *state, own native) native {
	other := list("fill")(s, own)
	return func(c goja.FunctionCall) goja.Value {
		o, ok := c.This.(*goja.Object)
		if !ok {
			return other(c)
		}
		n, values, _, ok := inner.plain(o)
		if !ok || n == int64(len(values)) || n <= 16 {
			return other(c)
		}
		start, valid := s.relative(&c, 1, n, 0)
		if !valid {
			return other(c)
		}
		end, valid := s.relative(&c, 2, n, n)
		// The arguments are numbers by now; to become so they may have changed the array.
		n, values, count, ok := inner.plain(o)
		if !valid || !ok || end > n || (end-start)*4 < end || !inner.grows(o) || !s.ordinaryHoles(o) {
			return other(c)
		}
		s.fits(end, bytesValue, textArray)
		if more := end - int64(len(values)); more > 0 {
			s.report(more * bytesValue)
			values = slices.Grow(values, int(more))[:end]
			clear(values[end-more:])
		}
		v := c.Argument(0)
		for i := start; i < end; i++ {
			if values[i] == nil {
				count++
			}
			values[i] = v
		}
		inner.setElements(o, n, values, count)
		return o
	}
}

// fromLength is Array.from of an object that only says how long it is.
func (s *state) fromLength(items *goja.Object, c goja.FunctionCall) goja.Value {
	class, isObject := c.This.(*goja.Object)
	if inner == nil || ordinary < 0 || isObject && !s.isArrayClass(class) {
		return s.call("from", c)
	}
	mapper := code(c.Argument(1))
	n := lengthOf(items)
	s.fits(n, bytesValue, textArray)
	undefined := goja.Undefined()
	empty := items.Prototype() != nil && items.Prototype() == s.arrayPrototype().Prototype() && s.ordinaryHoles(s.rt.NewArray())
	values := make([]goja.Value, 0, min(n, pollEvery))
	for k := range n {
		if k%pollEvery == 0 {
			s.poll()
			s.report(min(n-k, pollEvery) * bytesValue)
		}
		v := undefined
		if !empty || inner.bare(items) != 1 { // which is length
			if v = items.Get(index(k)); v == nil {
				v = undefined
			}
		}
		if mapper != nil {
			v = mapper(goja.FunctionCall{This: c.Argument(2), Arguments: []goja.Value{v, s.rt.ToValue(k)}})
		}
		values = append(values, v)
	}
	return s.newList(values, len(values))
}

// gather appends the elements of lists to values, in depth so many levels more; nil if one of them isn't plain.
type gatherer struct {
	s      *state
	values []goja.Value
	total  int64
	holes  bool
}

// plainList reports whether o is an array that gather can take as it is: nil holes are kept.
func (g *gatherer) plainList(o *goja.Object) (values []goja.Value, length int64, ok bool) {
	length, values, count, ok := inner.plain(o)
	if !ok {
		return nil, 0, false
	}
	if int64(count) < length && !g.holes {
		if !g.s.ordinaryHoles(o) {
			return nil, 0, false
		}
		g.holes = true
	}
	if g.holes && o.Prototype() != g.s.arrayPrototype() {
		return nil, 0, false
	}
	return values, length, true
}

// spreads reports whether concat spreads o; known is false where that takes more than a look.
func (s *state) spreads(o *goja.Object) (spread, known bool) {
	if v := o.GetSymbol(goja.SymIsConcatSpreadable); v != nil && !goja.IsUndefined(v) {
		return false, false
	}
	if _, _, ok := inner.elements(o); ok {
		return true, true
	}
	return false, o.ExportType() != proxyType && o.ClassName() != "Array"
}

// concatLists is concat: what it is given counts too.
func concatLists(s *state, own native) native {
	return func(c goja.FunctionCall) goja.Value {
		o, ok := c.This.(*goja.Object)
		if inner == nil || !ok || ordinary < 0 || !s.makesArrays(o) {
			return s.long("concat", c)
		}
		g := gatherer{s: s}
		items := append([]goja.Value{o}, c.Arguments...)
		for _, item := range items {
			o, ok := item.(*goja.Object)
			if !ok {
				g.total++
				continue
			}
			spread, known := s.spreads(o)
			if !known {
				return s.long("concat", c)
			}
			if !spread {
				g.total++
				continue
			}
			_, n, ok := g.plainList(o)
			if !ok {
				return s.long("concat", c)
			}
			g.total += n
		}
		s.charge(g.total*bytesValue, textArray)
		values, count := make([]goja.Value, 0, g.total), 0
		for _, item := range items {
			if o, ok := item.(*goja.Object); ok {
				if n, elements, there, ok := inner.plain(o); ok && spreadable(o) {
					values = append(values, elements...)
					values = values[:int64(len(values))+n-int64(len(elements))] // the rest is nil already
					count += there
					continue
				}
			}
			values, count = append(values, item), count+1
		}
		return s.newList(values, count)
	}
}

// spreadable is for arrays that were looked at before.
func spreadable(o *goja.Object) bool {
	v := o.GetSymbol(goja.SymIsConcatSpreadable)
	return v == nil || goja.IsUndefined(v)
}

const maxFlat = 5000 // levels of arrays in arrays

// flat goes the long way unless all lists in it are plain.
func flat(s *state, _ native) native {
	return func(c goja.FunctionCall) goja.Value {
		o, ok := c.This.(*goja.Object)
		depth := 1.0
		if v := c.Argument(0); !goja.IsUndefined(v) {
			switch v.(type) {
			case *goja.Object, *goja.Symbol, goja.String: // what an object is must not be asked for: a detached buffer makes goja panic
				ok = false
			default:
				ok = ok && !goja.IsBigInt(v)
				depth = truncate(v.ToFloat())
			}
		}
		if inner == nil || !ok || ordinary < 0 || !s.makesArrays(o) {
			return s.long("flat", c)
		}
		g := gatherer{s: s}
		if !g.flatten(o, depth, 0) {
			return s.long("flat", c)
		}
		s.report(int64(len(g.values)) * bytesValue)
		return s.newList(g.values, len(g.values))
	}
}

// flatten adds what is in o. ok is false if it can't be told without script.
func (g *gatherer) flatten(o *goja.Object, depth float64, level int) (ok bool) {
	if level > maxFlat {
		g.s.throwRange(textStack)
	}
	elements, _, ok := g.plainList(o)
	if !ok {
		return false
	}
	for _, v := range elements {
		if v == nil {
			continue
		}
		if inside, isObject := v.(*goja.Object); isObject && depth > 0 {
			_, _, isArray := inner.elements(inside)
			switch {
			case isArray:
				if !g.flatten(inside, depth-1, level+1) {
					return false
				}
				continue
			case inside.ExportType() == proxyType || inside.ClassName() == "Array":
				return false
			}
		}
		if g.values = append(g.values, v); len(g.values)%pollEvery == 0 {
			g.s.fits(int64(len(g.values)), bytesValue, textArray)
		}
		g.step()
	}
	g.step() // of an empty one
	return true
}

func (g *gatherer) step() {
	if g.total++; g.total%pollEvery == 0 {
		g.s.poll()
	}
}

// entryText is an element to be sorted with its text.
type entryText struct {
	value goja.Value
	text  goja.String
	ascii string
	plain bool // ascii is the text
}

// sortTexts sorts a list without a comparison: goja makes a text of both values for each. ok is false if o isn't plain.
func (s *state) sortTexts(o *goja.Object) (sorted []goja.Value, ok bool) {
	n, values, count, ok := inner.plain(o)
	if !ok || n != int64(count) || ordinary < 0 {
		return nil, false
	}
	s.charge(n*bytesPiece*2, textArray)
	entries := make([]entryText, 0, n)
	undefined := 0
	for _, v := range slices.Clone(values) { // to make texts of them may change the list
		if goja.IsUndefined(v) {
			undefined++
			continue
		}
		e := entryText{value: v, text: s.mustText(v)}
		e.ascii, e.plain = inner.asciiText(e.text)
		entries = append(entries, e)
	}
	steps := 0
	slices.SortStableFunc(entries, func(x, y entryText) int {
		if steps++; steps%1024 == 0 || len(x.ascii) > longText {
			s.poll()
		}
		if x.plain && y.plain {
			return strings.Compare(x.ascii, y.ascii)
		}
		return s.compare(x.text, y.text)
	})
	sorted = make([]goja.Value, 0, n)
	for i := range entries {
		sorted = append(sorted, entries[i].value)
	}
	for range undefined {
		sorted = append(sorted, goja.Undefined())
	}
	return sorted, true
}

// writeBack gives o the elements of a list that was sorted.
func (s *state) writeBack(o *goja.Object, sorted []goja.Value) {
	if n, values, count, ok := inner.plain(o); ok && n == int64(len(sorted)) && n == int64(count) {
		copy(values, sorted)
		return
	}
	for i, v := range sorted {
		if i&0xFF == 0 {
			s.poll()
		}
		if err := o.Set(strconv.Itoa(i), v); err != nil {
			panic(err)
		}
	}
}

// joinPlain joins a list of primitive values, whose joined text is ASCII of so many bytes at most.
func (s *state) joinPlain(separator string, n, size int64, values []goja.Value) goja.Value {
	buf := make([]byte, 0, size)
	for i := range n {
		if i > 0 {
			buf = append(buf, separator...)
		}
		if i%pollEvery == 0 {
			s.poll()
		}
		if i >= int64(len(values)) || values[i] == nil || goja.IsUndefined(values[i]) || goja.IsNull(values[i]) {
			continue
		}
		v := values[i]
		if t, ok := inner.asciiText(v); ok {
			buf = append(buf, t...)
		} else if number, ok := inner.integerOf(v); ok {
			buf = strconv.AppendInt(buf, number, 10)
		} else {
			buf = append(buf, v.String()...)
		}
	}
	if len(buf) < cap(buf)/2 {
		return asciiText(string(buf))
	}
	return asciiText(unsafe.String(unsafe.SliceData(buf), len(buf)))
}
