// Package compiler turns the source of Workers into programs without ever being the first to parse it.
//
// Source that is nested a million deep overflows the stacks of esbuild's and goja's parsers, and source can be made that takes all
// memory. Both are fatal to a Go process: nothing recovers from them. So a child process, the same executable run again, bundles,
// lowers and compiles first, with a small stack, little memory and little time. What ends the child is an [Error] of the one Worker
// that was compiled; the child is replaced when the next one comes.
//
// The package owns the child, its limits, what goes between the processes, and the programs that were made, by the hash of their bundle.
// It does not own what is done to source: bundling is package bundle's and lowering package lower's.
//
// # Why this process may compile
//
// A *goja.Program can't leave a process, so the child sends back the bundle, plain bytes, and this process calls lower.Lower on it again.
// It does so only after the child has called the same function of the same executable on the same bytes and lived. Lowering is deterministic
// and reads nothing else, so it recurses no deeper here than it did there, where [Limits].Stack (64 MB) was the end; here that is Go's
// own 1 GB. The same holds for time and memory, which are bounded by what the child was allowed. esbuild's bundling, which reads
// files, resolves packages and keeps the state of its last build, happens in the child alone.
//
// # The child
//
// It is warm: it keeps esbuild's state from build to build, so that an edit costs what it changes. It does one thing at a time, so that
// its death is that of one request. It has no environment but Go's own debugging variables, no descriptor but three pipes, a process group
// of its own (an interrupt from the terminal isn't its concern), and dies with its parent: by signal on Linux, by the end of its input
// elsewhere. It listens to nothing and dials nothing, but it is no sandbox: it reads what files the source imports, with the rights of its
// user.
//
// # Candidates
//
// What is to be released is run there, too: [Check] has a child of its own run the top-level code of each candidate within the limits of a
// Worker, and tells its entrypoints. That child is thrown away, since it has run the code of others. A [Checker] keeps one that was left as it was found,
// and has a new one say again what a used one says against a candidate.
//
// A finding names what compiled the candidate ([Identity]). Another process that is made of the same may compile the same bytes without a child
// ([Compiler.Compile]): the argument above holds wherever the child was.
//
// # The cache
//
// Programs are kept in memory only. Kept on disk could be what esbuild made, not the program; for Workers of ordinary size that
// is a few milliseconds, less than it would cost to keep such files honest.
package compiler
