// Package dev runs Workers from a folder of wrangler files in one process, and follows the files as they change: what `bindery dev` does.
//
// It owns the way from files to what is served (find, read, bundle, lower, compose, load, swap), which Workers are roots, and the watch.
// Each step belongs to a package of its own. It prints nothing: a [Reporter] is told of everything.
//
// What is served is one generation: a composition and its site, swapped as a whole. A fault in any Worker keeps the last generation,
// so what is served is always one state of the files that was whole.
package dev
