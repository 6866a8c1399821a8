package crypto

import (
	"crypto/ecdh"
	"crypto/ed25519"
	"crypto/rand"
	"errors"

	"github.com/bindery/bindery/runtime/webapi/webidl"
)

func init() {
	ed := okp("Ed25519", []string{"sign"}, []string{"verify"}, ed25519Keys{})
	ed.sign = func(_ params, k *Key, data []byte) job[[]byte] {
		return func() ([]byte, error) { return ed25519.Sign(k.material.(ed25519.PrivateKey), data), nil }
	}
	ed.verify = func(_ params, k *Key, signature, data []byte) job[bool] {
		return func() (bool, error) { return ed25519.Verify(k.material.(ed25519.PublicKey), data, signature), nil }
	}
	x := okp("X25519", []string{"deriveKey", "deriveBits"}, nil, x25519Keys{})
	x.derive = agree
	register(ed, x)
	algorithms["node-ed25519"] = ed // Cloudflare's older name
}

// okpKeys are the keys of one of the two algorithms of https://www.rfc-editor.org/rfc/rfc8037.
type okpKeys interface {
	generate() (private any, err error)
	fromSeed(seed []byte) (private any, err error)
	fromPublic(b []byte) (public any, err error)
	seed(private any) []byte
	public(private any) any
	bytes(public any) []byte
}

// okp makes the parts that both have.
func okp(name string, private, public []string, keys okpKeys) *algorithm {
	a := keyAlgorithm{name: name}
	return &algorithm{
		name: name,
		generate: func(p params, extractable bool, usages []string) job[keyPair] {
			only(p.Call, name, usages, append(private, public...)...)
			return func() (keyPair, error) {
				secret, err := keys.generate()
				if err != nil {
					return keyPair{}, err
				}
				return newPair(a, secret, keys.public(secret), extractable, intersect(usages, private...), intersect(usages, public...)), nil
			}
		},
		importKey: func(p params, format string, data keyData, extractable bool, usages []string) *Key {
			key, secret := okpImport(p, keys, format, data)
			if secret {
				only(p.Call, name+" private", usages, private...)
				return &Key{kind: "private", extractable: extractable, usages: usages, algorithm: a, material: key}
			}
			only(p.Call, name+" public", usages, public...)
			return &Key{kind: "public", extractable: extractable, usages: usages, algorithm: a, material: key}
		},
		exportKey: func(c webidl.Call, k *Key, format string) exported { return okpExport(c, keys, k, format) },
	}
}

func okpImport(p params, keys okpKeys, format string, data keyData) (key any, private bool) {
	var err error
	switch format {
	case "raw":
		key, err = keys.fromPublic(data.bytes)
	case "jwk":
		data.jwk.want(p.Call, "OKP", p.name)
		if private = data.jwk.has("d"); private {
			key, err = keys.fromSeed(data.jwk.bytes(p.Call, "d"))
			if err == nil && string(keys.bytes(keys.public(key))) != string(data.jwk.bytes(p.Call, "x")) {
				err = errors.New("its private and public parts do not belong together")
			}
		} else {
			key, err = keys.fromPublic(data.jwk.bytes(p.Call, "x"))
		}
	default:
		key, private = parseDER(p, format, data.bytes), format == "pkcs8"
		if !okpIs(p.name, key) {
			err = errors.New("it is of another algorithm")
		}
	}
	if err != nil {
		p.dataError(err)
	}
	return key, private
}

// okpIs reports whether a parsed key is of the algorithm.
func okpIs(name string, key any) bool {
	switch key := key.(type) {
	case ed25519.PrivateKey, ed25519.PublicKey:
		return name == "Ed25519"
	case *ecdh.PrivateKey:
		return name == "X25519" && key.Curve() == ecdh.X25519()
	case *ecdh.PublicKey:
		return name == "X25519" && key.Curve() == ecdh.X25519()
	}
	return false
}

func okpExport(c webidl.Call, keys okpKeys, k *Key, format string) exported {
	public := k.material
	if k.kind == "private" {
		public = keys.public(k.material)
	}
	switch {
	case format == "raw" && k.kind == "public":
		return exported{bytes: append([]byte{}, keys.bytes(public)...)}
	case format == "jwk":
		j := newJWK("OKP").setText("crv", k.algorithm.name).set("x", keys.bytes(public))
		if k.kind == "private" {
			j.set("d", keys.seed(k.material))
		}
		return exported{jwk: j}
	}
	return exportDER(c, k, format)
}

type ed25519Keys struct{}

func (ed25519Keys) generate() (any, error) {
	_, k, err := ed25519.GenerateKey(rand.Reader)
	return k, err
}

func (ed25519Keys) fromSeed(seed []byte) (any, error) {
	if len(seed) != ed25519.SeedSize {
		return nil, errors.New("its private part must have 32 bytes")
	}
	return ed25519.NewKeyFromSeed(seed), nil
}

func (ed25519Keys) fromPublic(b []byte) (any, error) {
	if len(b) != ed25519.PublicKeySize {
		return nil, errors.New("its public part must have 32 bytes")
	}
	return ed25519.PublicKey(append([]byte{}, b...)), nil
}

func (ed25519Keys) seed(private any) []byte { return private.(ed25519.PrivateKey).Seed() }
func (ed25519Keys) public(private any) any {
	return private.(ed25519.PrivateKey).Public().(ed25519.PublicKey)
}
func (ed25519Keys) bytes(public any) []byte { return public.(ed25519.PublicKey) }

type x25519Keys struct{}

func (x25519Keys) generate() (any, error)            { return ecdh.X25519().GenerateKey(rand.Reader) }
func (x25519Keys) fromSeed(seed []byte) (any, error) { return ecdh.X25519().NewPrivateKey(seed) }
func (x25519Keys) fromPublic(b []byte) (any, error)  { return ecdh.X25519().NewPublicKey(b) }
func (x25519Keys) seed(private any) []byte           { return private.(*ecdh.PrivateKey).Bytes() }
func (x25519Keys) public(private any) any            { return private.(*ecdh.PrivateKey).PublicKey() }
func (x25519Keys) bytes(public any) []byte           { return public.(*ecdh.PublicKey).Bytes() }
