//go:build !race

package lower

// nestedFrame is how many bytes of Go stack a call of script by native code takes at the least.
const nestedFrame = 1500
