package engine

import (
	"os"
	"reflect"
	"unsafe"

	"github.com/dop251/goja"
)

// goja runs script as a slice of instructions, each an interface with the one method exec(*vm). Check puts instructions of our own, which look
// at the operands and then have the original executed, in the place of those that one step may make or read without any bound. The method of
// an interface that has only one is found in the same place whatever the method is called: that is all that is relied on, beside
// where goja's machine keeps its stack. A look costs a few nanoseconds, and nothing at all where no such instruction is.

// Checks are called before what an instruction does, on the goroutine that runs script. They throw as native functions do, by panics. A nil one
// checks nothing.
type Checks struct {
	// Compare gets the operands of <, <=, >, >= (loosely is false), == or != (loosely is true), unless one is a number or both are short
	// texts, and gives what is compared in their place. It may call script.
	Compare func(rt *goja.Runtime, left, right goja.Value, loosely bool) (goja.Value, goja.Value)
	// Sum is told how long a text of more than LongText units is before + or a template literal makes it, and how many of that is written
	// in bytes.
	Sum func(rt *goja.Runtime, units, bytes int64)
	// Store gets what is about to be stored as an element of a BigInt64Array or BigUint64Array if it's an object or a text of more than a
	// few digits, and gives what is stored in its place. It may call script.
	Store func(rt *goja.Runtime, value goja.Value) goja.Value
	// Rest gets what an object pattern with a rest takes apart.
	Rest func(rt *goja.Runtime, value goja.Value)
}

// LongText is how many units a text has at least that Checks.Sum is told of.
const LongText = 64 << 10

// executor is an instruction: goja's has another name for the same method.
type executor interface{ exec(vm unsafe.Pointer) }

// checked is an instruction that is looked at first.
type checked struct {
	original executor
	checks   *Checks
	count    int // of operands, where it varies
}

type (
	checkedCompare    struct{ checked }
	checkedEqual      struct{ checked }
	checkedAdd        struct{ checked }
	checkedTemplate   struct{ checked }
	checkedStore      struct{ checked }
	checkedRest       struct{ checked }
	checkedIterations struct{ checked }
)

// checkers makes the instruction for each type of goja's that is checked.
var checkers = map[string]func(checked) executor{
	"_op_lt":          func(c checked) executor { return &checkedCompare{c} },
	"_op_lte":         func(c checked) executor { return &checkedCompare{c} },
	"_op_gt":          func(c checked) executor { return &checkedCompare{c} },
	"_op_gte":         func(c checked) executor { return &checkedCompare{c} },
	"_op_eq":          func(c checked) executor { return &checkedEqual{c} },
	"_op_neq":         func(c checked) executor { return &checkedEqual{c} },
	"_add":            func(c checked) executor { return &checkedAdd{c} },
	"concatStrings":   func(c checked) executor { return &checkedTemplate{c} },
	"_setElem":        func(c checked) executor { return &checkedStore{c} },
	"_setElemP":       func(c checked) executor { return &checkedStore{c} },
	"_setElemStrict":  func(c checked) executor { return &checkedStore{c} },
	"_setElemStrictP": func(c checked) executor { return &checkedStore{c} },
	"_copyRest":       func(c checked) executor { return &checkedRest{c} },
	"_iterate":        func(c checked) executor { return &checkedIterations{c} },
	"_iterateP":       func(c checked) executor { return &checkedIterations{c} },
}

// Check has the instructions of a program, and of the functions in it, checked. Call it before the program runs, once, and keep checks as they
// are. It reports whether it could: not where only goja's public API is used.
func Check(p *goja.Program, checks *Checks) bool {
	if machine == nil {
		return false
	}
	c := &checking{checks: checks, kinds: map[unsafe.Pointer]*instructionKind{}, seen: map[unsafe.Pointer]bool{}}
	c.program(unsafe.Pointer(p))
	return true
}

type checking struct {
	checks *Checks
	kinds  map[unsafe.Pointer]*instructionKind // by itab
	seen   map[unsafe.Pointer]bool
}

// instructionKind is what is to be done with the instructions of one type.
type instructionKind struct {
	programs []uintptr // offsets of programs in what a pointer to it points to
	make     func(checked) executor
	made     executor // for those that are all the same
	counts   bool
}

func (c *checking) program(p unsafe.Pointer) {
	if p == nil || c.seen[p] {
		return
	}
	c.seen[p] = true
	code := *at[[]executor](p, machine.code)
	for i := range code {
		w := words(&code[i])
		kind := c.kinds[w[0]]
		if kind == nil {
			kind = c.learn(reflect.NewAt(machine.codeType, unsafe.Add(p, machine.code)).Elem().Index(i).Elem().Type())
			c.kinds[w[0]] = kind
		}
		for _, offset := range kind.programs {
			c.program(*at[unsafe.Pointer](w[1], offset))
		}
		switch {
		case kind.make == nil:
		case kind.counts:
			code[i] = kind.make(checked{code[i], c.checks, *(*int)(w[1])})
		default:
			if kind.made == nil {
				kind.made = kind.make(checked{code[i], c.checks, 0})
			}
			code[i] = kind.made
		}
	}
}

func (c *checking) learn(t reflect.Type) *instructionKind {
	k := &instructionKind{make: checkers[t.Name()], counts: t.Kind() == reflect.Int}
	if t.Kind() == reflect.Pointer && t.Elem().Kind() == reflect.Struct {
		programsIn(t.Elem(), 0, &k.programs)
	}
	return k
}

// programsIn finds the fields of a struct that are programs.
func programsIn(t reflect.Type, base uintptr, list *[]uintptr) {
	for i := range t.NumField() {
		switch f := t.Field(i); {
		case f.Type == reflect.TypeFor[*goja.Program]():
			*list = append(*list, base+f.Offset)
		case f.Type.Kind() == reflect.Struct:
			programsIn(f.Type, base+f.Offset, list)
		}
	}
}

// machine is where goja's machine keeps what checks look at, learnt at start; nil when only the public API is used.
var machine *machineLayout

type machineLayout struct {
	code     uintptr // of Program
	codeType reflect.Type

	runtime, stack, sp, iterations uintptr // of the machine
	iterationSize, iteration       uintptr // of one, and the offset of its record
	iterator, next                 uintptr // of the record

	integer, float, text, wide unsafe.Pointer // itabs of (goja.Value, a kind of value)

	typedArray    unsafe.Pointer // itab of a typed array's implementation
	elements      uintptr        // where that keeps how its elements are stored
	signed, plain unsafe.Pointer // itabs of that for BigInt64Array and BigUint64Array
}

func learnMachine() (l *machineLayout) {
	if os.Getenv("BINDERY_ENGINE") == "public" || native == nil {
		return nil
	}
	defer func() {
		if x := recover(); x != nil {
			machine, l = nil, nil
		}
	}()
	l = &machineLayout{}
	code := field(reflect.TypeFor[goja.Program](), "code", nil)
	l.code, l.codeType = code.Offset, code.Type
	if i := code.Type.Elem(); i.Kind() != reflect.Interface || i.NumMethod() != 1 {
		panic("an instruction has not one method")
	}
	vm := field(reflect.TypeFor[goja.Runtime](), "vm", nil).Type.Elem()
	l.runtime = offset(vm, "r", reflect.TypeFor[*goja.Runtime]())
	l.stack = native.vmStack
	l.sp = offset(vm, "sp", reflect.TypeFor[int]())
	iterations := field(vm, "iterStack", nil)
	l.iterations, l.iterationSize = iterations.Offset, iterations.Type.Elem().Size()
	record := field(iterations.Type.Elem(), "iter", nil)
	l.iteration = record.Offset
	l.iterator = offset(record.Type.Elem(), "iterator", reflect.TypeFor[*goja.Object]())
	l.next = offset(record.Type.Elem(), "next", reflect.TypeFor[func(goja.FunctionCall) goja.Value]())
	rt := goja.New()
	tab := func(source string) unsafe.Pointer {
		v, err := rt.RunString(source)
		must(err)
		return words(&v)[0]
	}
	l.integer, l.float, l.text, l.wide = tab("1"), tab("1.5"), tab("'a'"), tab("'\u03b1'")
	elements := func(source string) unsafe.Pointer {
		v, err := rt.RunString(source)
		must(err)
		o := v.(*goja.Object)
		l.typedArray = native.self(o)[0]
		l.elements = offset(implType(o), "typedArray", nil)
		return *at[unsafe.Pointer](native.self(o)[1], l.elements)
	}
	l.signed, l.plain = elements("new BigInt64Array(1)"), elements("new BigUint64Array(1)")
	machine = l
	keep(&probe{})
	l.trial(rt)
	return l
}

// keep calls an instruction from here. The linker leaves out methods that are called by nothing but each other, and those of ours are called by
// goja, which it can't see.
//
//go:noinline
func keep(e executor) { e.exec(nil) }

type probe struct{}

func (*probe) exec(unsafe.Pointer) {}

// trial runs a program whose instructions are all checked.
func (l *machineLayout) trial(rt *goja.Runtime) {
	compared, stored, rests := 0, 0, 0
	var sum int64
	p := goja.MustCompile("", `(() => {
		const words = (a, b) => [a < b, b > a, a <= b, a >= b, a == b, a != b, a + b, `+"`${a}${b}`"+`];
		const array = new BigUint64Array(2);
		class C { static s = words({ valueOf: () => 1 }, 2); m() { array[0] = { valueOf: () => "7" }; array[1] = 3n; return array.join() } }
		const { x, ...rest } = { x: 1, y: 2 };
		let caught = "";
		try { for (const x of { [Symbol.iterator]: () => ({}) }); } catch (e) { caught = e.name }
		const big = "x".repeat(40000);
		return [words(1n, "2"), words("α", "β"), C.s, new C().m(), rest.y, caught, (big + big).length, function* () { yield* [1 + 1] }().next().value].join();
	})()`, true)
	if !Check(p, &Checks{
		Compare: func(_ *goja.Runtime, a, b goja.Value, _ bool) (goja.Value, goja.Value) { compared++; return a, b },
		Sum:     func(_ *goja.Runtime, units, _ int64) { sum += units },
		Store:   func(rt *goja.Runtime, v goja.Value) goja.Value { stored++; return rt.ToValue("7") },
		Rest:    func(*goja.Runtime, goja.Value) { rests++ },
	}) {
		panic("a program could not be checked")
	}
	v, err := rt.RunProgram(p)
	must(err)
	const want = "true,true,true,false,false,true,12,12,true,true,true,false,false,true,αβ,αβ,true,true,true,false,false,true,3,[object Object]2,7,3,2,TypeError,80000,2"
	if v.String() != want || compared != 6 || stored != 1 || rests != 1 || sum != 80000 {
		panic("checked instructions give something else: " + v.String())
	}
}

// operands gives the topmost n values of the stack. They are good until script is called.
func (l *machineLayout) operands(vm unsafe.Pointer, n int) []goja.Value {
	stack, sp := *at[[]goja.Value](vm, l.stack), *at[int](vm, l.sp)
	return stack[sp-n : sp : sp]
}

func (l *machineLayout) isNumber(v *goja.Value) bool {
	tab := words(v)[0]
	return tab == l.integer || tab == l.float
}

// units is how long a text is; -1 for what is none.
func (l *machineLayout) units(v *goja.Value) (n int64, wide bool) {
	switch w := words(v); w[0] {
	case l.text, l.wide: // both begin with where they are and how long
		return int64(*at[int](w[1], unsafe.Sizeof(uintptr(0)))), w[0] == l.wide
	case l.integer, l.float:
		return -1, false
	}
	if t, ok := (*v).(goja.String); ok {
		return int64(t.Length()), true
	}
	return -1, false
}

func (c *checkedCompare) exec(vm unsafe.Pointer) {
	c.compare(vm, false)
	c.original.exec(vm)
}

func (c *checkedEqual) exec(vm unsafe.Pointer) {
	c.compare(vm, true)
	c.original.exec(vm)
}

func (c *checked) compare(vm unsafe.Pointer, loosely bool) {
	l := machine
	o := l.operands(vm, 2)
	if l.isNumber(&o[0]) || l.isNumber(&o[1]) || c.checks.Compare == nil {
		return
	}
	if a, b := words(&o[0])[0], words(&o[1])[0]; a == b && (a == l.text || a == l.wide) {
		return
	}
	left, right := c.checks.Compare(*at[*goja.Runtime](vm, l.runtime), o[0], o[1], loosely)
	o = l.operands(vm, 2)
	o[0], o[1] = left, right
}

func (c *checkedAdd) exec(vm unsafe.Pointer) {
	l := machine
	o := l.operands(vm, 2)
	if l.isNumber(&o[0]) && l.isNumber(&o[1]) {
		c.original.exec(vm)
		return
	}
	a, aWide := l.units(&o[0])
	b, bWide := l.units(&o[1])
	if a+b > LongText {
		c.sum(vm, a+b, aWide || bWide)
	}
	c.original.exec(vm)
	if a < 0 || b < 0 { // an object may have become a long text
		if n, wide := l.units(&l.operands(vm, 1)[0]); n > a+b+LongText {
			c.sum(vm, n, wide)
		}
	}
}

func (c *checked) sum(vm unsafe.Pointer, units int64, wide bool) {
	bytes := units
	if wide {
		bytes *= 2
	}
	if c.checks.Sum != nil {
		c.checks.Sum(*at[*goja.Runtime](vm, machine.runtime), units, bytes)
	}
}

func (c *checkedTemplate) exec(vm unsafe.Pointer) {
	var sum int64
	wide := false
	o := machine.operands(vm, c.count)
	for i := range o {
		n, w := machine.units(&o[i])
		sum, wide = sum+n, wide || w
	}
	if sum > LongText {
		c.sum(vm, sum, wide)
	}
	c.original.exec(vm)
}

// mostDigits is how long a text is at least that Checks.Store is told of.
const mostDigits = 1000

func (c *checkedStore) exec(vm unsafe.Pointer) {
	l := machine
	o := l.operands(vm, 3)
	target, ok := o[0].(*goja.Object)
	if !ok || native.self(target)[0] != l.typedArray || l.isNumber(&o[2]) || c.checks.Store == nil {
		c.original.exec(vm)
		return
	}
	if kind := *at[unsafe.Pointer](native.self(target)[1], l.elements); kind != l.signed && kind != l.plain {
		c.original.exec(vm)
		return
	}
	value := o[2]
	if n, _ := l.units(&value); n < mostDigits {
		if _, isObject := value.(*goja.Object); !isObject {
			c.original.exec(vm)
			return
		}
	}
	stored := c.checks.Store(*at[*goja.Runtime](vm, l.runtime), value)
	l.operands(vm, 3)[2] = stored
	before := *at[int](vm, l.sp)
	c.original.exec(vm)
	if *at[int](vm, l.sp) == before-2 { // it gives the value
		l.operands(vm, 1)[0] = value
	}
}

func (c *checkedRest) exec(vm unsafe.Pointer) {
	if c.checks.Rest != nil {
		c.checks.Rest(*at[*goja.Runtime](vm, machine.runtime), machine.operands(vm, 1)[0])
	}
	c.original.exec(vm)
}

// exec refuses an iterator that has no next: goja would call it nevertheless, which ends the isolate.
func (c *checkedIterations) exec(vm unsafe.Pointer) {
	l := machine
	c.original.exec(vm)
	stack := at[frames](vm, l.iterations)
	record := *at[unsafe.Pointer](stack.first, uintptr(stack.len-1)*l.iterationSize+l.iteration)
	if *at[unsafe.Pointer](record, l.next) != nil {
		return
	}
	*at[*goja.Object](record, l.iterator) = nil // it is not to be closed
	panic((*at[*goja.Runtime](vm, l.runtime)).NewTypeError("iterator.next is not a function"))
}
