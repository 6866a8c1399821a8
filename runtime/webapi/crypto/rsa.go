package crypto

import (
	"crypto/rand"
	"crypto/rsa"
	"math/big"

	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// Bounds of the RSA keys that are generated, in bits. What takes longer holds up a processor for seconds.
const (
	minModulus = 1024
	maxModulus = 4096
)

func init() {
	signing := [2][]string{{"sign"}, {"verify"}}
	pkcs1 := rsaAlgorithm("RSASSA-PKCS1-v1_5", "RS", signing)
	pkcs1.sign = func(_ params, k *Key, data []byte) job[[]byte] {
		return func() ([]byte, error) {
			hash := k.algorithm.hash
			return rsa.SignPKCS1v15(rand.Reader, k.material.(*rsa.PrivateKey), hashes[hash].id, sum(hash, data))
		}
	}
	pkcs1.verify = func(_ params, k *Key, signature, data []byte) job[bool] {
		return func() (bool, error) {
			hash := k.algorithm.hash
			return rsa.VerifyPKCS1v15(k.material.(*rsa.PublicKey), hashes[hash].id, sum(hash, data), signature) == nil, nil
		}
	}
	pss := rsaAlgorithm("RSA-PSS", "PS", signing)
	pss.sign = func(p params, k *Key, data []byte) job[[]byte] {
		options := &rsa.PSSOptions{SaltLength: pssSalt(p)}
		return func() ([]byte, error) {
			hash := k.algorithm.hash
			return rsa.SignPSS(rand.Reader, k.material.(*rsa.PrivateKey), hashes[hash].id, sum(hash, data), options)
		}
	}
	pss.verify = func(p params, k *Key, signature, data []byte) job[bool] {
		options := &rsa.PSSOptions{SaltLength: pssSalt(p)}
		return func() (bool, error) {
			hash := k.algorithm.hash
			return rsa.VerifyPSS(k.material.(*rsa.PublicKey), hashes[hash].id, sum(hash, data), signature, options) == nil, nil
		}
	}
	oaep := rsaAlgorithm("RSA-OAEP", "RSA-OAEP", [2][]string{{"decrypt", "unwrapKey"}, {"encrypt", "wrapKey"}})
	oaep.encrypt = func(p params, k *Key, data []byte) job[[]byte] {
		label := p.optionalBytes("label")
		return func() ([]byte, error) {
			return rsa.EncryptOAEP(hashes[k.algorithm.hash].new(), rand.Reader, k.material.(*rsa.PublicKey), data, label)
		}
	}
	oaep.decrypt = func(p params, k *Key, data []byte) job[[]byte] {
		label := p.optionalBytes("label")
		return func() ([]byte, error) {
			out, err := rsa.DecryptOAEP(hashes[k.algorithm.hash].new(), rand.Reader, k.material.(*rsa.PrivateKey), data, label)
			if err != nil {
				return nil, errDecrypt
			}
			return out, nil
		}
	}
	register(pkcs1, pss, oaep)
}

// pssSalt reads saltLength. Go takes 0 for "as long as may be": a salt of no bytes is refused.
func pssSalt(p params) int {
	n := p.integer("saltLength")
	if n == 0 {
		panic(p.DOMException("NotSupportedError", "RSA-PSS with a saltLength of 0 is not supported."))
	}
	return n
}

// rsaAlgorithm makes the parts that all RSA algorithms have. usages are those of private and of public keys; alg begins their names in JWKs.
func rsaAlgorithm(name, alg string, usages [2][]string) *algorithm {
	all := append(append([]string{}, usages[0]...), usages[1]...)
	return &algorithm{
		name: name, slow: true,
		generate: func(p params, extractable bool, given []string) job[keyPair] {
			only(p.Call, name, given, all...)
			a := keyAlgorithm{name: name, hash: p.hash(), modulus: p.integer("modulusLength"), exponent: p.bytes("publicExponent")}
			if e := new(big.Int).SetBytes(a.exponent); e.Cmp(big.NewInt(65537)) != 0 {
				panic(p.DOMException("NotSupportedError", "The publicExponent %s is not supported; it must be 65537.", e))
			}
			if a.modulus < minModulus || a.modulus > maxModulus || a.modulus%8 != 0 {
				panic(p.DOMException("OperationError", "The modulus length must be a multiple of 8 between %d and %d, but %d requested.", minModulus, maxModulus, a.modulus))
			}
			return func() (keyPair, error) {
				key, err := rsa.GenerateKey(rand.Reader, a.modulus)
				if err != nil {
					return keyPair{}, err
				}
				return newPair(a, key, &key.PublicKey, extractable, intersect(given, usages[0]...), intersect(given, usages[1]...)), nil
			}
		},
		importKey: func(p params, format string, data keyData, extractable bool, given []string) *Key {
			hash := p.hash()
			key := rsaKey(p, format, data, jwkAlg(alg, hash))
			secret, private := key.(*rsa.PrivateKey)
			public, _ := key.(*rsa.PublicKey)
			k := &Key{kind: "public", extractable: extractable, usages: given, material: key}
			if private {
				public, k.kind = &secret.PublicKey, "private"
				only(p.Call, name+" private", given, usages[0]...)
			} else {
				only(p.Call, name+" public", given, usages[1]...)
			}
			k.algorithm = keyAlgorithm{name: name, hash: hash, modulus: public.N.BitLen(), exponent: big.NewInt(int64(public.E)).Bytes()}
			return k
		},
		exportKey: func(c webidl.Call, k *Key, format string) exported {
			return rsaExport(c, k, format, jwkAlg(alg, k.algorithm.hash))
		},
	}
}

// jwkAlg is the name of an RSA algorithm in JWKs: RS256, RSA-OAEP-256, RSA-OAEP.
func jwkAlg(prefix, hash string) string {
	switch {
	case prefix != "RSA-OAEP":
		return prefix + hash[4:]
	case hash == "SHA-1":
		return prefix
	}
	return prefix + "-" + hash[4:]
}

func rsaKey(p params, format string, data keyData, alg string) any {
	switch format {
	case "raw":
		wrongFormat(p.Call, p.name, format, "spki", "pkcs8", "jwk")
	case "jwk":
		return rsaFromJWK(p, data.jwk, alg)
	}
	key := parseDER(p, format, data.bytes)
	switch key.(type) {
	case *rsa.PublicKey, *rsa.PrivateKey:
		return key
	}
	panic(p.DOMException("DataError", "The key is no RSA key."))
}

func rsaFromJWK(p params, j *jwk, alg string) any {
	j.want(p.Call, "RSA", "")
	j.wantAlg(p.Call, alg)
	number := func(name string) *big.Int { return new(big.Int).SetBytes(j.bytes(p.Call, name)) }
	e := number("e")
	if !e.IsInt64() || e.Int64() < 3 || e.Int64() > 1<<31-1 || e.Bit(0) == 0 {
		panic(p.DOMException("DataError", "The JWK's public exponent %s is not supported.", e))
	}
	public := rsa.PublicKey{N: number("n"), E: int(e.Int64())}
	if public.N.BitLen() < 512 || public.N.BitLen() > 16384 {
		panic(p.DOMException("DataError", "The JWK's modulus has %d bits; 512 to 16384 are supported.", public.N.BitLen()))
	}
	if !j.has("d") {
		return &public
	}
	if j.text["p"] == "" || j.text["q"] == "" {
		panic(p.DOMException("DataError", "The JWK of a private RSA key must have its primes p and q."))
	}
	key := &rsa.PrivateKey{PublicKey: public, D: number("d"), Primes: []*big.Int{number("p"), number("q")}}
	if err := key.Validate(); err != nil {
		p.dataError(err)
	}
	key.Precompute()
	return key
}

func rsaExport(c webidl.Call, k *Key, format, alg string) exported {
	if format != "jwk" {
		return exportDER(c, k, format)
	}
	secret, private := k.material.(*rsa.PrivateKey)
	public, _ := k.material.(*rsa.PublicKey)
	if private {
		public = &secret.PublicKey
	}
	j := newJWK("RSA").setText("alg", alg).set("n", public.N.Bytes()).set("e", big.NewInt(int64(public.E)).Bytes())
	if private {
		if len(secret.Primes) != 2 {
			panic(c.DOMException("NotSupportedError", "An RSA key of %d primes cannot be exported as a JWK.", len(secret.Primes)))
		}
		j.set("d", secret.D.Bytes()).set("p", secret.Primes[0].Bytes()).set("q", secret.Primes[1].Bytes()).
			set("dp", secret.Precomputed.Dp.Bytes()).set("dq", secret.Precomputed.Dq.Bytes()).set("qi", secret.Precomputed.Qinv.Bytes())
	}
	return exported{jwk: j}
}
