package crypto

import (
	"slices"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// Key is https://w3c.github.io/webcrypto/#cryptokey-interface. Its key material is immutable.
type Key struct {
	kind        string // "secret", "public" or "private"
	extractable bool
	usages      []string
	algorithm   keyAlgorithm
	secret      []byte // symmetric keys
	material    any    // *ecdsa.PrivateKey, *rsa.PublicKey, ed25519.PrivateKey, ...

	algorithmObject, usagesObject *goja.Object // made at first touch
}

// keyAlgorithm is what script sees as key.algorithm. Fields that an algorithm lacks are zero.
type keyAlgorithm struct {
	name       string
	hash       string
	length     int // bits
	namedCurve string
	modulus    int // bits
	exponent   []byte
}

// KeyClass is the class CryptoKey.
var KeyClass = webidl.NewClass[*Key]("CryptoKey")

func init() {
	KeyClass.
		Getter("type", func(k *Key, r *webidl.Realm) goja.Value { return r.Str(k.kind) }).
		Getter("extractable", func(k *Key, r *webidl.Realm) goja.Value { return r.ToValue(k.extractable) }).
		Getter("algorithm", func(k *Key, r *webidl.Realm) goja.Value {
			if k.algorithmObject == nil {
				k.algorithmObject = k.algorithm.object(r)
			}
			return k.algorithmObject
		}).
		Getter("usages", func(k *Key, r *webidl.Realm) goja.Value {
			if k.usagesObject == nil {
				k.usagesObject = stringArray(r, k.usages)
			}
			return k.usagesObject
		})
}

func (a keyAlgorithm) object(r *webidl.Realm) *goja.Object {
	obj := r.VM.NewObject()
	r.Put(obj, "name", r.Str(a.name))
	if a.modulus > 0 {
		r.Put(obj, "modulusLength", r.ToValue(a.modulus))
		r.Put(obj, "publicExponent", r.Uint8Array(slices.Clone(a.exponent)))
	}
	if a.hash != "" {
		hash := r.VM.NewObject()
		r.Put(hash, "name", r.Str(a.hash))
		r.Put(obj, "hash", hash)
	}
	if a.length > 0 {
		r.Put(obj, "length", r.ToValue(a.length))
	}
	if a.namedCurve != "" {
		r.Put(obj, "namedCurve", r.Str(a.namedCurve))
	}
	return obj
}

func stringArray(r *webidl.Realm, list []string) *goja.Object {
	values := make([]goja.Value, len(list))
	for i, s := range list {
		values[i] = r.Str(s)
	}
	return r.Array(values...)
}

// allUsages are the usages of keys, in the order in which they are listed.
var allUsages = []string{"encrypt", "decrypt", "sign", "verify", "deriveKey", "deriveBits", "wrapKey", "unwrapKey"}

// readUsages converts a list of usages; one that no key has is a TypeError.
func readUsages(c webidl.Call, v goja.Value) []string {
	given := make(map[string]bool)
	for _, u := range c.Sequence(v) {
		given[c.Enum(u, "KeyUsage", allUsages...)] = true
	}
	var usages []string
	for _, u := range allUsages {
		if given[u] {
			usages = append(usages, u)
		}
	}
	return usages
}

// only throws a SyntaxError if a usage is not among those allowed.
func only(c webidl.Call, name string, usages []string, allowed ...string) {
	for _, u := range usages {
		if !slices.Contains(allowed, u) {
			panic(c.DOMException("SyntaxError", "Unsupported key usage %q for a %s key: it may have %q.", u, name, allowed))
		}
	}
}

// intersect gives the usages that are among those allowed.
func intersect(usages []string, allowed ...string) []string {
	var out []string
	for _, u := range usages {
		if slices.Contains(allowed, u) {
			out = append(out, u)
		}
	}
	return out
}

// use throws an InvalidAccessError unless the key is for the algorithm and the usage.
func (k *Key) use(c webidl.Call, algorithm, usage string) {
	if k.algorithm.name != algorithm {
		panic(c.DOMException("InvalidAccessError", "Requested algorithm %q does not match this CryptoKey (%s).", algorithm, k.algorithm.name))
	}
	if !slices.Contains(k.usages, usage) {
		panic(c.DOMException("InvalidAccessError", "Requested key usage %q does not match any usage listed in this CryptoKey %q.", usage, k.usages))
	}
}

func keyArg(c webidl.Call, i int) *Key {
	k, ok := KeyClass.From(c.Arg(i))
	if !ok {
		panic(c.TypeError("Failed to execute '%s': parameter %d is not of type 'CryptoKey'.", c.Name, i+1))
	}
	return k
}
