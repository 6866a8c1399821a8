package crypto

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"fmt"
	"hash"
	"slices"
	"strings"

	"github.com/dop251/goja"

	gocrypto "crypto"

	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// algorithm is what can be done with keys of one algorithm; what it does not support is nil. Each function reads its parameters on the
// strand, may throw, and returns the work, which touches no realm.
type algorithm struct {
	name      string
	generate  func(p params, extractable bool, usages []string) job[keyPair]
	importKey func(p params, format string, data keyData, extractable bool, usages []string) *Key
	exportKey func(c webidl.Call, k *Key, format string) exported
	sign      func(p params, k *Key, data []byte) job[[]byte]
	verify    func(p params, k *Key, signature, data []byte) job[bool]
	encrypt   func(p params, k *Key, data []byte) job[[]byte]
	decrypt   func(p params, k *Key, data []byte) job[[]byte]
	derive    func(p params, k *Key, bits int) job[[]byte] // bits is negative where script gave null
	length    func(p params) int                           // of a key to be derived, in bits; negative where there is none
	slow      bool                                         // its work takes long whatever its input
}

// job is work that may run on any goroutine.
type job[T any] func() (T, error)

// keyPair is what generateKey makes: one secret key, or two.
type keyPair struct{ secret, public, private *Key }

// params are the parameters of an algorithm, as script gave them.
type params struct {
	webidl.Call
	name string // as the standard writes it
	d    webidl.Dictionary
}

// failure is an error that script gets as a DOMException of that name.
type failure struct{ name, text string }

func (f *failure) Error() string { return f.text }

func fail(name, format string, args ...any) error {
	return &failure{name, fmt.Sprintf(format, args...)}
}

// algorithms by lower-case name.
var algorithms = map[string]*algorithm{}

func register(list ...*algorithm) {
	for _, a := range list {
		algorithms[strings.ToLower(a.name)] = a
	}
}

// normalize is https://w3c.github.io/webcrypto/#algorithm-normalization-normalize-an-algorithm. supports picks what the operation needs
// of an algorithm.
func normalize(c webidl.Call, v goja.Value, operation string, supports func(*algorithm) bool) (*algorithm, params) {
	p := params{Call: c}
	var given string
	if obj, ok := v.(*goja.Object); ok {
		p.d = c.Dictionary(obj)
		name, ok := p.d.Get("name")
		if !ok {
			panic(c.TypeError("Failed to execute '%s': the algorithm has no member 'name'.", c.Name))
		}
		given = c.USVString(name)
	} else {
		given = c.USVString(v)
		p.d = c.Dictionary(goja.Undefined())
	}
	a := algorithms[strings.ToLower(given)]
	if a == nil || !supports(a) {
		var names []string
		for _, a := range algorithms {
			if supports(a) {
				names = append(names, a.name)
			}
		}
		slices.Sort(names)
		names = slices.Compact(names)
		panic(c.DOMException("NotSupportedError", "Unrecognized or unimplemented algorithm %q requested for %s; supported: %s.",
			given, operation, strings.Join(names, ", ")))
	}
	p.name = a.name
	return a, p
}

// bytes reads a required BufferSource.
func (p params) bytes(name string) []byte {
	v, ok := p.d.Get(name)
	if !ok {
		panic(p.TypeError("Missing field %q in %s params.", name, p.name))
	}
	return p.BufferSource(v)
}

// optionalBytes reads a BufferSource that may be missing.
func (p params) optionalBytes(name string) []byte {
	if v, ok := p.d.Get(name); ok {
		return p.BufferSource(v)
	}
	return nil
}

// integer reads a required integer.
func (p params) integer(name string) int {
	v, ok := p.d.Get(name)
	if !ok {
		panic(p.TypeError("Missing field %q in %s params.", name, p.name))
	}
	return int(p.EnforceRange(v, 0, 1<<32-1))
}

// optionalInteger reads an integer that may be missing.
func (p params) optionalInteger(name string, def int) int {
	if _, ok := p.d.Get(name); !ok {
		return def
	}
	return p.integer(name)
}

// hashes are the digests, by the standard's name. MD5 is Cloudflare's addition, for digest only.
var hashes = map[string]struct {
	new func() hash.Hash
	id  gocrypto.Hash
}{
	"SHA-1": {sha1.New, gocrypto.SHA1}, "SHA-256": {sha256.New, gocrypto.SHA256},
	"SHA-384": {sha512.New384, gocrypto.SHA384}, "SHA-512": {sha512.New, gocrypto.SHA512},
	"MD5": {md5.New, gocrypto.MD5},
}

// hashName reads a HashAlgorithmIdentifier.
func hashName(c webidl.Call, v goja.Value, md5 bool) string {
	if obj, ok := v.(*goja.Object); ok {
		name, ok := c.Dictionary(obj).Get("name")
		if !ok {
			panic(c.TypeError("Failed to execute '%s': the hash algorithm has no member 'name'.", c.Name))
		}
		v = name
	}
	given := c.USVString(v)
	name := strings.ToUpper(given)
	if _, ok := hashes[name]; !ok || name == "MD5" && !md5 {
		supported := "SHA-1, SHA-256, SHA-384, SHA-512"
		if md5 {
			supported = "MD5, " + supported
		}
		panic(c.DOMException("NotSupportedError", "Unrecognized or unimplemented digest algorithm %q requested; supported: %s.", given, supported))
	}
	return name
}

// hash reads the member hash, which is required.
func (p params) hash() string {
	v, ok := p.d.Get("hash")
	if !ok {
		panic(p.TypeError("Missing field \"hash\" in %s params.", p.name))
	}
	return hashName(p.Call, v, false)
}

// sum is the digest of data.
func sum(hash string, data []byte) []byte {
	h := hashes[hash].new()
	h.Write(data)
	return h.Sum(nil)
}
