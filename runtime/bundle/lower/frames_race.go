//go:build race

package lower

// nestedFrame is twice what it is elsewhere: the race detector makes the compiler inline less and keep more on the stack.
const nestedFrame = 3000
