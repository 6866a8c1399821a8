package watchdog

import (
	"bytes"
	"fmt"
	"runtime/pprof"
	"strings"
	"sync/atomic"

	"github.com/google/pprof/profile"
)

// Go keeps no account of who allocated what, but it samples allocations (one each 512 KB, runtime.MemProfileRate), with their stacks, and knows
// which of those samples are still live. So whoever runs writes his number into the stack: as a row of calls of functions, one for
// each digit, around all that he does. The profile of the heap then tells what each holds, within some percent where it is much.
const (
	rowLength = 3 // digits of a number
	digitBits = 4
	numbers   = 1 << (rowLength * digitBits)
)

// Work is what runs in somebody's name.
type Work interface{ Do() }

// Within does w on this goroutine, in a way that says whose allocations are made meanwhile. Within may be called within another Runner's.
func (r *Runner) Within(w Work) {
	if r.w == nil {
		w.Do()
		return
	}
	digits[r.code%tableSize](r.code/tableSize, w)
}

var lastNumber atomic.Uint32

const (
	tableSize = 2 << digitBits
	end       = 1 << digitBits // the code after the last digit
)

// encode gives the row of calls for a number, the lowest digit first.
func encode(number uint32) uint32 {
	code := uint32(end)
	for i := rowLength - 1; i >= 0; i-- {
		code = code*tableSize + number>>(i*digitBits)%(1<<digitBits)
	}
	return code
}

// digits has a function for each digit, and one for the end of a row.
var digits [tableSize]func(code uint32, w Work)

func init() { // they call each other
	digits = [tableSize]func(uint32, Work){
		digit0, digit1, digit2, digit3, digit4, digit5, digit6, digit7, digit8, digit9, digitA, digitB, digitC, digitD, digitE, digitF,
		end: func(_ uint32, w Work) { w.Do() },
	}
}

//go:noinline
func digit0(code uint32, w Work) { digits[code%tableSize](code/tableSize, w) }

//go:noinline
func digit1(code uint32, w Work) { digits[code%tableSize](code/tableSize, w) }

//go:noinline
func digit2(code uint32, w Work) { digits[code%tableSize](code/tableSize, w) }

//go:noinline
func digit3(code uint32, w Work) { digits[code%tableSize](code/tableSize, w) }

//go:noinline
func digit4(code uint32, w Work) { digits[code%tableSize](code/tableSize, w) }

//go:noinline
func digit5(code uint32, w Work) { digits[code%tableSize](code/tableSize, w) }

//go:noinline
func digit6(code uint32, w Work) { digits[code%tableSize](code/tableSize, w) }

//go:noinline
func digit7(code uint32, w Work) { digits[code%tableSize](code/tableSize, w) }

//go:noinline
func digit8(code uint32, w Work) { digits[code%tableSize](code/tableSize, w) }

//go:noinline
func digit9(code uint32, w Work) { digits[code%tableSize](code/tableSize, w) }

//go:noinline
func digitA(code uint32, w Work) { digits[code%tableSize](code/tableSize, w) }

//go:noinline
func digitB(code uint32, w Work) { digits[code%tableSize](code/tableSize, w) }

//go:noinline
func digitC(code uint32, w Work) { digits[code%tableSize](code/tableSize, w) }

//go:noinline
func digitD(code uint32, w Work) { digits[code%tableSize](code/tableSize, w) }

//go:noinline
func digitE(code uint32, w Work) { digits[code%tableSize](code/tableSize, w) }

//go:noinline
func digitF(code uint32, w Work) { digits[code%tableSize](code/tableSize, w) }

const digitPrefix = "github.com/bindery/bindery/runtime/watchdog.digit"

// census is what each holds, by number, in bytes. What was allocated in no Runner's name, or too deep for the stack to be kept whole, is
// nobody's.
type census map[uint32]int64

// count is a reading of the profile, by number, in bytes.
type count struct {
	held census // what the last collection left, and what was allocated while it marked, garbage or not
	made census // what was allocated ever, up to the same moment
}

// since is what of c's is left of before another count, before the last collection began: nothing in it is garbage of that time.
func (c count) since(before count) census {
	left := census{}
	for number, held := range c.held {
		if held -= c.made[number] - before.made[number]; held > 0 {
			left[number] = held
		}
	}
	return left
}

// takeCount reads the profile of the heap as the last collection left it. It takes some ten milliseconds.
func takeCount() (c count, err error) {
	var text bytes.Buffer
	if err := pprof.Lookup("heap").WriteTo(&text, 0); err != nil {
		return c, fmt.Errorf("read the profile of the heap: %w", err)
	}
	p, err := profile.Parse(&text)
	if err != nil {
		return c, fmt.Errorf("read the profile of the heap: %w", err)
	}
	inUse, made := -1, -1
	for i, t := range p.SampleType {
		switch t.Type {
		case "inuse_space":
			inUse = i
		case "alloc_space":
			made = i
		}
	}
	if inUse < 0 || made < 0 {
		return c, fmt.Errorf("the profile of the heap does not tell what is in use")
	}
	digit := map[uint64]uint32{} // by location
	for _, l := range p.Location {
		for _, line := range l.Line {
			if name, ok := strings.CutPrefix(line.Function.Name, digitPrefix); ok && len(name) == 1 {
				digit[l.ID] = uint32(strings.IndexByte("0123456789ABCDEF", name[0]))
			}
		}
	}
	c = count{held: census{}, made: census{}}
	for _, s := range p.Sample {
		if number, ok := ownerOf(s.Location, digit); ok {
			c.held[number] += s.Value[inUse]
			c.made[number] += s.Value[made]
		}
	}
	return c, nil
}

// ownerOf reads the innermost number in a stack.
func ownerOf(stack []*profile.Location, digit map[uint64]uint32) (number uint32, ok bool) {
	n := 0
	for _, l := range stack { // the innermost first, which is the highest digit
		d, is := digit[l.ID]
		if !is {
			if n > 0 {
				return 0, false
			}
			continue
		}
		number = number<<digitBits | d
		if n++; n == rowLength {
			return number, true
		}
	}
	return 0, false
}
