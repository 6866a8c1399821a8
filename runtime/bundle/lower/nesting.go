package lower

import (
	"bytes"
	"fmt"
)

// The parsers of esbuild and goja recurse, and an overflow of Go's stack (1 GB) ends the process. Each level of brackets and
// each token that one expression or statement is long may be a level of recursion, so both are counted and weighed by the
// stack that they take: see docs/rationale/lowering.md for the measurements.
const (
	bracketWeight = 40
	nestingLimit  = 40_000

	// What one token may be: numbers take quadratic time, and the groups of regular expressions are nested like brackets.
	maxNumber = 100_000
	maxGroups = 1_000
)

// nesting reckons how deep a parser recurses on the tokens that it is shown.
type nesting struct {
	frames []nestingFrame
	weight int // of all frames but the innermost
	frame  nestingFrame
}

// nestingFrame is what stands between two brackets.
type nestingFrame struct {
	chain  int // tokens since the last end of a statement or element
	before int // chain at that end, which goes on if an else follows
}

// add takes the next token and gives the depth after it.
func (n *nesting) add(t *tokenizer, k lexeme) int {
	for len(t.open) > len(n.frames) {
		n.frames = append(n.frames, n.frame)
		n.weight += n.frame.chain + bracketWeight
		n.frame = nestingFrame{}
	}
	closedBlock := false
	for len(t.open) < len(n.frames) {
		last := len(n.frames) - 1
		n.frame = n.frames[last]
		n.frames = n.frames[:last]
		n.weight -= n.frame.chain + bracketWeight
		closedBlock = t.is(k, "}") && !t.closed.expression
	}
	switch {
	case t.is(k, ";"), t.is(k, ","), closedBlock:
		if n.frame.chain > 0 {
			n.frame = nestingFrame{before: n.frame.chain}
		}
	case t.is(k, "else"):
		n.frame.chain += n.frame.before + 1
	case t.is(k, "=>"):
		// Functions in functions cost esbuild quadratic time too: 1,000 take 2.5 s.
		n.frame.chain += bracketWeight
	default:
		n.frame.chain++
	}
	return n.weight + n.frame.chain
}

// checkNesting refuses source that would overflow a parser's stack.
func (l *lowering) checkNesting() error {
	t := tokenizer{src: l.in.Code}
	var n nesting
	for k := t.next(); k.kind != endOfFile; k = t.next() {
		depth := n.add(&t, k)
		switch {
		case depth > nestingLimit:
			return l.failAt(k, fmt.Sprintf("source is nested too deeply: more than %d brackets, or one expression of more than %d tokens",
				nestingLimit/bracketWeight, nestingLimit))
		case k.kind == numberToken && k.end-k.start > maxNumber:
			return l.failAt(k, fmt.Sprintf("a number has more than %d digits", maxNumber))
		case k.kind == regexToken && groups(l.in.Code[k.start:k.end]) > maxGroups:
			return l.failAt(k, fmt.Sprintf("a regular expression is nested too deeply: more than %d groups", maxGroups))
		}
	}
	return nil
}

// failAt is fail for a token of the bundle as it came.
func (l *lowering) failAt(k lexeme, text string) *Error {
	line := bytes.Count(l.in.Code[:k.start], []byte{'\n'}) + 1
	column := k.start - (bytes.LastIndexByte(l.in.Code[:k.start], '\n') + 1)
	at := l.placeInInput(line, column, string(l.in.Code[k.start-column:k.start]))
	at.LineText = "" // as long as the nesting is deep
	return l.fail(at, text)
}

// groups is how deep the groups, and classes, of a regular expression are nested.
func groups(pattern []byte) (deepest int) {
	depth := 0
	for i := 0; i < len(pattern); i++ {
		switch pattern[i] {
		case '\\':
			i++
		case '(', '[':
			depth++
			deepest = max(deepest, depth)
		case ')', ']':
			depth = max(depth-1, 0)
		}
	}
	return deepest
}
