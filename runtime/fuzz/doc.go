// Package fuzz holds tests only: they throw hostile calls at every native member that script can reach.
//
// The members are found by walking the realm's objects (walk.js), so a new API is covered from its first day; what the walk can't make
// by itself, an instance of each class, is listed in instances.js. The values are those of values.js: whatever script may
// hand to Go code that it did not expect.
package fuzz
