// Package lower turns a bundle, one ESNext module, into a program that goja runs: it lowers the syntax that goja lacks, repairs
// what goja gets wrong, refuses what can't be repaired with the user's file, line and column, and compiles.
//
// It owns the way from bundle to *goja.Program and the native functions that a lowered program calls (Helpers). It doesn't own
// bundling (resolving and TypeScript are the client's), nor what an external import gives, nor built-in objects: those are
// handed to the program or to its runtime by the caller. Why it works as it does is in docs/rationale/lowering.md.
package lower

// Version names what Lower makes of a bundle. It goes into cache keys: change it whenever lowering, esbuild or goja changes.
const Version = "lower-5 esbuild-0.28.2 goja-20260917113740"
