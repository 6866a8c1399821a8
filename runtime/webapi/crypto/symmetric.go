package crypto

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/rand"
	"strconv"

	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// maxIterations bounds PBKDF2, times the blocks of output: beyond it a key takes seconds, and nothing can interrupt it. Cloudflare's own limit
// is 100,000 iterations.
const maxIterations = 1_000_000

func init() {
	register(
		&algorithm{
			name: "HMAC", generate: hmacGenerate, importKey: hmacImport, exportKey: secretExport(func(k *Key) string { return "HS" + k.algorithm.hash[4:] }),
			length: func(p params) int { return p.optionalInteger("length", hashes[p.hash()].new().BlockSize()*8) },
			sign: func(_ params, k *Key, data []byte) job[[]byte] {
				return func() ([]byte, error) { return mac(k, data), nil }
			},
			verify: func(_ params, k *Key, signature, data []byte) job[bool] {
				return func() (bool, error) { return hmac.Equal(signature, mac(k, data)), nil }
			},
		},
		&algorithm{name: "HKDF", importKey: passwordImport, derive: hkdfDerive, length: func(params) int { return -1 }},
		&algorithm{name: "PBKDF2", importKey: passwordImport, derive: pbkdf2Derive, length: func(params) int { return -1 }, slow: true},
	)
}

func mac(k *Key, data []byte) []byte {
	m := hmac.New(hashes[k.algorithm.hash].new, k.secret)
	m.Write(data)
	return m.Sum(nil)
}

func secretKey(p params, secret []byte, a keyAlgorithm, extractable bool, usages []string) *Key {
	a.name = p.name
	return &Key{kind: "secret", extractable: extractable, usages: usages, algorithm: a, secret: secret}
}

// secretGenerate is the work of making a secret key of so many bits.
func secretGenerate(p params, a keyAlgorithm, bits int, extractable bool, usages []string) job[keyPair] {
	return func() (keyPair, error) {
		secret := make([]byte, (bits+7)/8)
		_, _ = rand.Read(secret)
		a.length = bits
		return keyPair{secret: secretKey(p, secret, a, extractable, usages)}, nil
	}
}

func hmacGenerate(p params, extractable bool, usages []string) job[keyPair] {
	only(p.Call, p.name, usages, "sign", "verify")
	hash := p.hash()
	bits := p.optionalInteger("length", hashes[hash].new().BlockSize()*8)
	if bits == 0 || bits > 1<<20 {
		panic(p.DOMException("OperationError", "An HMAC key of %d bits cannot be made: it has 1 to %d.", bits, 1<<20))
	}
	return secretGenerate(p, keyAlgorithm{hash: hash}, bits, extractable, usages)
}

// readSecret gives the bytes of a secret key in the formats raw and jwk.
func readSecret(p params, format string, data keyData, alg func(secret []byte) string) []byte {
	switch format {
	case "raw":
		return data.bytes
	case "jwk":
		data.jwk.want(p.Call, "oct", "")
		secret := data.jwk.bytes(p.Call, "k")
		data.jwk.wantAlg(p.Call, alg(secret))
		return secret
	}
	wrongFormat(p.Call, p.name, format, "raw", "jwk")
	return nil
}

func hmacImport(p params, format string, data keyData, extractable bool, usages []string) *Key {
	only(p.Call, p.name, usages, "sign", "verify")
	hash := p.hash()
	secret := readSecret(p, format, data, func([]byte) string { return "HS" + hash[4:] })
	bits := len(secret) * 8
	if bits == 0 {
		panic(p.DOMException("DataError", "An HMAC key must not be empty."))
	}
	if n := p.optionalInteger("length", bits); n != bits {
		if n > bits || n <= bits-8 {
			panic(p.DOMException("DataError", "The key has %d bits; length says %d.", bits, n))
		}
		bits = n
	}
	return secretKey(p, secret, keyAlgorithm{hash: hash, length: bits}, extractable, usages)
}

// secretExport exports a secret key; alg names its algorithm as JWKs do.
func secretExport(alg func(k *Key) string) func(webidl.Call, *Key, string) exported {
	return func(c webidl.Call, k *Key, format string) exported {
		switch format {
		case "raw":
			return exported{bytes: append([]byte{}, k.secret...)}
		case "jwk":
			return exported{jwk: newJWK("oct").set("k", k.secret).setText("alg", alg(k))}
		}
		wrongFormat(c, k.algorithm.name, format, "raw", "jwk")
		return exported{}
	}
}

// passwordImport imports what keys are derived from.
func passwordImport(p params, format string, data keyData, extractable bool, usages []string) *Key {
	if format != "raw" {
		wrongFormat(p.Call, p.name, format, "raw")
	}
	only(p.Call, p.name, usages, "deriveKey", "deriveBits")
	if extractable {
		panic(p.DOMException("SyntaxError", "A %s key cannot be extractable.", p.name))
	}
	return secretKey(p, data.bytes, keyAlgorithm{}, false, usages)
}

// wholeBytes throws unless bits is a length that can be derived.
func wholeBytes(p params, bits int) int {
	if bits < 0 || bits%8 != 0 {
		panic(p.DOMException("OperationError", "%s derives whole bytes: length must be a multiple of 8, and not null.", p.name))
	}
	return bits / 8
}

func hkdfDerive(p params, k *Key, bits int) job[[]byte] {
	hash, salt, info, n := p.hash(), p.bytes("salt"), p.bytes("info"), wholeBytes(p, bits)
	if limit := 255 * hashes[hash].new().Size(); n > limit {
		panic(p.DOMException("OperationError", "HKDF with %s derives %d bits at the most.", hash, limit*8))
	}
	return func() ([]byte, error) { return hkdf.Key(hashes[hash].new, k.secret, salt, string(info), n) }
}

func pbkdf2Derive(p params, k *Key, bits int) job[[]byte] {
	hash, salt, iterations, n := p.hash(), p.bytes("salt"), p.integer("iterations"), wholeBytes(p, bits)
	switch {
	case iterations == 0:
		panic(p.DOMException("OperationError", "PBKDF2 needs one iteration at least."))
	case iterations > maxIterations:
		panic(p.DOMException("NotSupportedError", "Pbkdf2 failed: iteration counts above %d are not supported (requested %d).", maxIterations, iterations))
	case n > 1<<20:
		panic(p.DOMException("OperationError", "PBKDF2 derives %d bits at the most.", 8<<20))
	case n == 0:
		return func() ([]byte, error) { return []byte{}, nil }
	}
	if size := hashes[hash].new().Size(); iterations*((n+size-1)/size) > maxIterations {
		panic(p.DOMException("NotSupportedError", "Pbkdf2 failed: %d iterations for %d bits are more than are supported (%d for each hash's length).", iterations, n*8, maxIterations))
	}
	return func() ([]byte, error) { return pbkdf2.Key(hashes[hash].new, string(k.secret), salt, iterations, n) }
}

func bitsText(k *Key) string { return strconv.Itoa(len(k.secret) * 8) }
