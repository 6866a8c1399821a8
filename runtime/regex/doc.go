// Package regex rewrites ECMAScript regular expression patterns to what goja's engine matches correctly.
//
// goja compiles the Unicode property escapes \p{…} and then never matches them, refuses the v flag, and lets [^] miss the
// planes above U+1FFFF. ExpandPattern turns the first two into plain character classes from its own tables (Unicode 17, the
// same as V8's) and repairs the third. What can't be had from rewriting alone (match indices, modifiers, strings in classes)
// is an error that says so. The package is pure: it knows neither goja nor the syntax tree around a literal.
package regex

//go:generate node gen.mjs
