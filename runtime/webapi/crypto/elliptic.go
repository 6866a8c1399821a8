package crypto

import (
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"math/big"

	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// curve is a named curve and the length of its coordinates and scalars in bytes.
type curve struct {
	elliptic.Curve
	size int
}

var curves = map[string]curve{"P-256": {elliptic.P256(), 32}, "P-384": {elliptic.P384(), 48}, "P-521": {elliptic.P521(), 66}}

func init() {
	ec := func(name string, private, public []string) *algorithm {
		return &algorithm{
			name: name,
			generate: func(p params, extractable bool, usages []string) job[keyPair] {
				only(p.Call, p.name, usages, append(private, public...)...)
				crv := p.curve()
				return func() (keyPair, error) {
					key, err := ecdsa.GenerateKey(curves[crv].Curve, rand.Reader)
					if err != nil {
						return keyPair{}, err
					}
					return newPair(keyAlgorithm{name: p.name, namedCurve: crv}, key, &key.PublicKey, extractable,
						intersect(usages, private...), intersect(usages, public...)), nil
				}
			},
			importKey: func(p params, format string, data keyData, extractable bool, usages []string) *Key {
				crv := p.curve()
				key, secret := ecKey(p, crv, format, data)
				a := keyAlgorithm{name: p.name, namedCurve: crv}
				if secret {
					only(p.Call, p.name+" private", usages, private...)
					return &Key{kind: "private", extractable: extractable, usages: usages, algorithm: a, material: key}
				}
				only(p.Call, p.name+" public", usages, public...)
				return &Key{kind: "public", extractable: extractable, usages: usages, algorithm: a, material: key}
			},
			exportKey: ecExport,
		}
	}
	ecdsaAlgorithm := ec("ECDSA", []string{"sign"}, []string{"verify"})
	ecdsaAlgorithm.sign, ecdsaAlgorithm.verify = ecdsaSign, ecdsaVerify
	ecdhAlgorithm := ec("ECDH", []string{"deriveKey", "deriveBits"}, nil)
	ecdhAlgorithm.derive = agree
	register(ecdsaAlgorithm, ecdhAlgorithm)
}

// newPair makes the two keys of a pair. The public one can always be exported.
func newPair(a keyAlgorithm, private, public any, extractable bool, privateUsages, publicUsages []string) keyPair {
	return keyPair{
		private: &Key{kind: "private", extractable: extractable, usages: privateUsages, algorithm: a, material: private},
		public:  &Key{kind: "public", extractable: true, usages: publicUsages, algorithm: a, material: public},
	}
}

// curve reads the member namedCurve.
func (p params) curve() string {
	v, ok := p.d.Get("namedCurve")
	if !ok {
		panic(p.TypeError("Missing field \"namedCurve\" in %s params.", p.name))
	}
	name := p.USVString(v)
	if _, ok := curves[name]; !ok {
		panic(p.DOMException("NotSupportedError", "Unrecognized or unimplemented EC curve %q requested; supported: P-256, P-384, P-521.", name))
	}
	return name
}

// dataError throws a DataError.
func (p params) dataError(err error) {
	panic(p.DOMException("DataError", "The key is no valid %s key: %s", p.name, err))
}

// ecKey reads a key; private tells which sort it is.
func ecKey(p params, crv, format string, data keyData) (key any, private bool) {
	c := curves[crv]
	switch format {
	case "raw":
		key, err := ecdsa.ParseUncompressedPublicKey(c.Curve, data.bytes)
		if err != nil {
			p.dataError(err)
		}
		return key, false
	case "jwk":
		return ecFromJWK(p, crv, data.jwk)
	}
	parsed := parseDER(p, format, data.bytes)
	switch key := parsed.(type) {
	case *ecdsa.PublicKey:
		if key.Curve == c.Curve {
			return key, false
		}
	case *ecdsa.PrivateKey:
		if key.Curve == c.Curve {
			return key, true
		}
	}
	panic(p.DOMException("DataError", "The key is not one of the curve %s.", crv))
}

// parseDER reads the formats spki and pkcs8.
func parseDER(p params, format string, der []byte) any {
	var key any
	var err error
	if format == "spki" {
		key, err = x509.ParsePKIXPublicKey(der)
	} else {
		key, err = x509.ParsePKCS8PrivateKey(der)
	}
	if err != nil {
		p.dataError(err)
	}
	return key
}

func ecFromJWK(p params, crv string, j *jwk) (key any, private bool) {
	j.want(p.Call, "EC", crv)
	if p.name == "ECDSA" {
		j.wantAlg(p.Call, map[string]string{"P-256": "ES256", "P-384": "ES384", "P-521": "ES512"}[crv])
	}
	c := curves[crv]
	x, y := j.bytes(p.Call, "x"), j.bytes(p.Call, "y")
	if len(x) != c.size || len(y) != c.size {
		panic(p.DOMException("DataError", "The JWK's x and y must have %d bytes each.", c.size))
	}
	public, err := ecdsa.ParseUncompressedPublicKey(c.Curve, append(append([]byte{4}, x...), y...))
	if err != nil {
		p.dataError(err)
	}
	if !j.has("d") {
		return public, false
	}
	secret, err := ecdsa.ParseRawPrivateKey(c.Curve, j.bytes(p.Call, "d"))
	if err != nil {
		p.dataError(err)
	}
	if !secret.PublicKey.Equal(public) {
		panic(p.DOMException("DataError", "The JWK's private and public parts do not belong together."))
	}
	return secret, true
}

func ecExport(c webidl.Call, k *Key, format string) exported {
	secret, _ := k.material.(*ecdsa.PrivateKey)
	public, _ := k.material.(*ecdsa.PublicKey)
	if secret != nil {
		public = &secret.PublicKey
	}
	point, err := public.Bytes()
	if err != nil {
		panic(exception(c.Realm, err))
	}
	switch {
	case format == "raw" && secret == nil:
		return exported{bytes: point}
	case format == "jwk":
		size := curves[k.algorithm.namedCurve].size
		j := newJWK("EC").setText("crv", k.algorithm.namedCurve).set("x", point[1:1+size]).set("y", point[1+size:])
		if secret != nil {
			d, err := secret.Bytes()
			if err != nil {
				panic(exception(c.Realm, err))
			}
			j.set("d", d)
		}
		return exported{jwk: j}
	}
	return exportDER(c, k, format)
}

// exportDER writes the formats spki and pkcs8. A format that does not fit the key's type is an InvalidAccessError.
func exportDER(c webidl.Call, k *Key, format string) exported {
	var der []byte
	var err error
	switch {
	case format == "spki" && k.kind == "public":
		der, err = x509.MarshalPKIXPublicKey(k.material)
	case format == "pkcs8" && k.kind == "private":
		der, err = x509.MarshalPKCS8PrivateKey(k.material)
	default:
		panic(c.DOMException("InvalidAccessError", "A %s %s key cannot be exported as %q.", k.kind, k.algorithm.name, format))
	}
	if err != nil {
		panic(exception(c.Realm, err))
	}
	return exported{bytes: der}
}

// ecdsaSign gives r and s, each as long as the curve's order, one after the other.
func ecdsaSign(p params, k *Key, data []byte) job[[]byte] {
	hash, key := p.hash(), k.material.(*ecdsa.PrivateKey)
	size := curves[k.algorithm.namedCurve].size
	return func() ([]byte, error) {
		r, s, err := ecdsa.Sign(rand.Reader, key, sum(hash, data))
		if err != nil {
			return nil, err
		}
		out := make([]byte, 2*size)
		r.FillBytes(out[:size])
		s.FillBytes(out[size:])
		return out, nil
	}
}

func ecdsaVerify(p params, k *Key, signature, data []byte) job[bool] {
	hash, key := p.hash(), k.material.(*ecdsa.PublicKey)
	size := curves[k.algorithm.namedCurve].size
	return func() (bool, error) {
		if len(signature) != 2*size {
			return false, nil
		}
		r, s := new(big.Int).SetBytes(signature[:size]), new(big.Int).SetBytes(signature[size:])
		return ecdsa.Verify(key, sum(hash, data), r, s), nil
	}
}

// agree is the key agreement of ECDH and X25519.
func agree(p params, k *Key, bits int) job[[]byte] {
	v, ok := p.d.Get("public")
	if !ok {
		panic(p.TypeError("Missing field \"public\" in %s params.", p.name))
	}
	other, ok := KeyClass.From(v)
	if !ok {
		panic(p.TypeError("The member \"public\" of %s params is not of type 'CryptoKey'.", p.name))
	}
	if other.kind != "public" || other.algorithm.name != k.algorithm.name || other.algorithm.namedCurve != k.algorithm.namedCurve {
		panic(p.DOMException("InvalidAccessError", "The member \"public\" must be a public key of the same algorithm and curve."))
	}
	if k.kind != "private" {
		panic(p.DOMException("InvalidAccessError", "The base key must be a private key."))
	}
	return func() ([]byte, error) {
		secret, err := ecdhPrivate(k.material)
		if err != nil {
			return nil, err
		}
		public, err := ecdhPublic(other.material)
		if err != nil {
			return nil, err
		}
		shared, err := secret.ECDH(public)
		if err != nil {
			return nil, err
		}
		return cutBits(shared, bits)
	}
}

func ecdhPrivate(material any) (*ecdh.PrivateKey, error) {
	if k, ok := material.(*ecdsa.PrivateKey); ok {
		return k.ECDH()
	}
	return material.(*ecdh.PrivateKey), nil
}

func ecdhPublic(material any) (*ecdh.PublicKey, error) {
	if k, ok := material.(*ecdsa.PublicKey); ok {
		return k.ECDH()
	}
	return material.(*ecdh.PublicKey), nil
}

// cutBits gives the first bits of b, all of them if bits is negative.
func cutBits(b []byte, bits int) ([]byte, error) {
	if bits < 0 {
		return b, nil
	}
	if bits > len(b)*8 {
		return nil, fail("OperationError", "Derived key length (%d bits) is too long: it should be at most %d bits.", bits, len(b)*8)
	}
	out := append([]byte{}, b[:(bits+7)/8]...)
	if rest := bits % 8; rest > 0 {
		out[len(out)-1] &= 0xFF << (8 - rest)
	}
	return out, nil
}
