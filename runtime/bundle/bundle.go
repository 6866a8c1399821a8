package bundle

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash"
)

// Syntax says how a Worker's code hands over its handlers.
type Syntax uint8

const (
	// Module is an ES module: its handlers are its exports.
	Module Syntax = iota
	// ServiceWorker is a classic script: its handlers are what it passes to
	// addEventListener.
	ServiceWorker
)

// String returns wrangler's name of the syntax: modules or service-worker.
func (s Syntax) String() string {
	switch s {
	case Module:
		return "modules"
	case ServiceWorker:
		return "service-worker"
	}
	return fmt.Sprintf("Syntax(%d)", uint8(s))
}

// Bundle is one Worker's code as it is uploaded. It is named by its Hash, so
// nobody changes one that was built.
type Bundle struct {
	// Name is the file name that stack traces show for Code: the entry's base
	// name with the extension .js.
	Name string

	Syntax Syntax

	// Code is ESNext as esbuild prints it. For Module it is an ES module with
	// one export list at its end. Its import statements are all of Externals
	// and stand on the top level, not always before other statements. Anywhere
	// may be import.meta (its url and main are replaced), import() of an
	// external or of a computed specifier, and a call of require, if there is
	// one, for a package that may do without it. For ServiceWorker it is a
	// script in which nothing is imported or exported.
	Code []byte

	// Map is the source map of Code, version 3, as JSON. Its sources are
	// relative to Options.Dir, with forward slashes, and their content is
	// included.
	Map []byte

	// Externals are the specifiers of Code that the runtime resolves, sorted:
	// cloudflare:workers, node:buffer. Those of Node.js always have their
	// prefix. Always empty for ServiceWorker.
	Externals []string
}

// hashDomain begins what is hashed, so that a later encoding never gives the
// hash of an earlier one.
const hashDomain = "bindery bundle 1\n"

// Hash returns the SHA-256 of everything in the bundle as 64 hexadecimal digits.
// What is hashed is each field in the order of the struct, strings and bytes
// after their length, lists after their count, numbers as 8 big-endian bytes.
func (b *Bundle) Hash() string {
	h := sha256.New()
	h.Write([]byte(hashDomain))
	hashBytes(h, []byte(b.Name))
	hashNumber(h, uint64(b.Syntax))
	hashBytes(h, b.Code)
	hashBytes(h, b.Map)
	hashNumber(h, uint64(len(b.Externals)))
	for _, specifier := range b.Externals {
		hashBytes(h, []byte(specifier))
	}
	return hex.EncodeToString(h.Sum(nil))
}

func hashNumber(h hash.Hash, n uint64) {
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], n)
	h.Write(b[:])
}

func hashBytes(h hash.Hash, b []byte) {
	hashNumber(h, uint64(len(b)))
	h.Write(b)
}
