// Package builtins supplies the ECMAScript built-ins that goja lacks or gets wrong, written on goja's public API.
//
// It owns what the language itself defines (ECMA-262, and of ECMA-402 numbers, dates, collation and plurals; see package intl)
// and nothing of the Web: no URL, no fetch, no timers. It changes no syntax; that is the bundler's work. Nothing is built
// before script touches it: [Properties] is plain data, and each entry's Make builds one function or value for one
// runtime. How these are hooked into a runtime lazily is another package's affair; [Install] defines all of them at
// once.
//
// Absent on purpose: SharedArrayBuffer, Atomics, Temporal, resizable buffers, Float16Array.
package builtins
