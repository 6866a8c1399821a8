package crypto

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// largeInput is from how many bytes on symmetric work runs on a goroutine of its own: about where it takes longer than the way there
// and back.
const largeInput = 64 << 10

// operations are the asynchronous methods of SubtleCrypto.
var operations = []struct {
	name   string
	length int
	run    func(c webidl.Call) goja.Value
}{
	{"encrypt", 3, encrypt},
	{"decrypt", 3, decrypt},
	{"sign", 3, sign},
	{"verify", 4, verify},
	{"digest", 2, digest},
	{"generateKey", 3, generateKey},
	{"deriveKey", 5, deriveKey},
	{"deriveBits", 2, deriveBits},
	{"importKey", 5, importKey},
	{"exportKey", 2, exportKey},
	{"wrapKey", 4, wrapKey},
	{"unwrapKey", 7, unwrapKey},
}

// perform does work, now or on a goroutine, and gives what finish makes of its outcome on the strand: a value, or a promise for it.
func perform[T any](c webidl.Call, elsewhere bool, work job[T], finish func(r *webidl.Realm, v T) goja.Value) goja.Value {
	r := c.Realm
	if !elsewhere {
		v, err := guarded(work)
		if err != nil {
			panic(exception(r, err))
		}
		return finish(r, v)
	}
	d := r.NewDeferred()
	settle := r.Pending()
	turn, inv := seatsOf(r), r.Invocation()
	go func() {
		turn <- struct{}{}
		var v T
		var err error
		if inv == nil || !inv.Ended() { // else nobody waits any more
			began := time.Now()
			v, err = guarded(work)
			if inv != nil {
				inv.CPU.Charge(time.Since(began))
			}
		}
		<-turn
		settle(func() {
			if err != nil {
				d.Reject(exception(r, err))
				return
			}
			var result goja.Value
			if thrown := r.Try(func() { result = finish(r, v) }); thrown != nil {
				d.Reject(thrown)
				return
			}
			d.Resolve(result)
		})
	}()
	return d.Value()
}

// seats is how many operations of one realm may be computed at a time beside script. The others wait.
const seats = 2

type seatsKey struct{}

func seatsOf(r *webidl.Realm) chan struct{} {
	c, _ := r.Slot(seatsKey{}).(chan struct{})
	if c == nil {
		c = make(chan struct{}, seats)
		r.SetSlot(seatsKey{}, c)
	}
	return c
}

// guarded runs work. Keys come from outside, and what Go's cryptography does with the strangest of them may be a panic.
func guarded[T any](work job[T]) (v T, err error) {
	defer func() {
		if x := recover(); x != nil {
			err = fmt.Errorf("the operation failed: %v", x)
		}
	}()
	return work()
}

func exception(r *webidl.Realm, err error) goja.Value {
	var f *failure
	if errors.As(err, &f) {
		return r.DOMException(f.name, "%s", f.text)
	}
	return r.DOMException("OperationError", "%s", err)
}

func toBuffer(r *webidl.Realm, b []byte) goja.Value { return r.ArrayBuffer(b) }

func digest(c webidl.Call) goja.Value {
	name := hashName(c, c.Arg(0), true)
	data := c.BufferSource(c.Arg(1))
	return perform(c, len(data) >= largeInput, func() ([]byte, error) { return sum(name, data), nil }, toBuffer)
}

func generateKey(c webidl.Call) goja.Value {
	a, p := normalize(c, c.Arg(0), "generateKey", func(a *algorithm) bool { return a.generate != nil })
	extractable, usages := c.Bool(1), readUsages(c, c.Arg(2))
	needInvocation(c)
	return perform(c, a.slow, a.generate(p, extractable, usages), func(r *webidl.Realm, pair keyPair) goja.Value {
		if pair.secret != nil {
			needUsages(r, pair.secret)
			return KeyClass.New(r, pair.secret)
		}
		needUsages(r, pair.private)
		obj := r.VM.NewObject()
		r.Put(obj, "publicKey", KeyClass.New(r, pair.public))
		r.Put(obj, "privateKey", KeyClass.New(r, pair.private))
		return obj
	})
}

// needUsages throws a SyntaxError for a secret or private key that is good for nothing.
func needUsages(r *webidl.Realm, k *Key) {
	if len(k.usages) == 0 && k.kind != "public" {
		panic(r.DOMException("SyntaxError", "Usages cannot be empty when creating a key of type %q.", k.kind))
	}
}

// formats of keys.
var formats = []string{"raw", "pkcs8", "spki", "jwk"}

func importKey(c webidl.Call) goja.Value {
	format := c.Enum(c.Arg(0), "KeyFormat", formats...)
	data := readKeyData(c, format, c.Arg(1))
	a, p := normalize(c, c.Arg(2), "importKey", func(a *algorithm) bool { return a.importKey != nil })
	return imported(p, a, format, data, c.Bool(3), readUsages(c, c.Arg(4)))
}

func imported(p params, a *algorithm, format string, data keyData, extractable bool, usages []string) goja.Value {
	if data.jwk != nil {
		data.jwk.check(p.Call, extractable, usages)
	}
	k := a.importKey(p, format, data, extractable, usages)
	needUsages(p.Realm, k)
	return KeyClass.New(p.Realm, k)
}

// exported is an exported key: bytes, or a JWK.
type exported struct {
	bytes []byte
	jwk   *jwk
}

func export(c webidl.Call, k *Key, format string) exported {
	a := algorithms[lower(k.algorithm.name)]
	if a.exportKey == nil {
		panic(c.DOMException("NotSupportedError", "A key of algorithm %q cannot be exported.", k.algorithm.name))
	}
	if !k.extractable {
		panic(c.DOMException("InvalidAccessError", "Attempt to export non-extractable %s key.", k.algorithm.name))
	}
	e := a.exportKey(c, k, format)
	if e.jwk != nil {
		e.jwk.ext, e.jwk.ops = k.extractable, k.usages
	}
	return e
}

func exportKey(c webidl.Call) goja.Value {
	format := c.Enum(c.Arg(0), "KeyFormat", formats...)
	e := export(c, keyArg(c, 1), format)
	if e.jwk != nil {
		return e.jwk.object(c.Realm)
	}
	return toBuffer(c.Realm, e.bytes)
}

func sign(c webidl.Call) goja.Value {
	a, p := normalize(c, c.Arg(0), "sign", func(a *algorithm) bool { return a.sign != nil })
	k, data := keyArg(c, 1), c.BufferSource(c.Arg(2))
	k.use(c, p.name, "sign")
	return perform(c, a.slow || len(data) >= largeInput, a.sign(p, k, data), toBuffer)
}

func verify(c webidl.Call) goja.Value {
	a, p := normalize(c, c.Arg(0), "verify", func(a *algorithm) bool { return a.verify != nil })
	k, signature, data := keyArg(c, 1), c.BufferSource(c.Arg(2)), c.BufferSource(c.Arg(3))
	k.use(c, p.name, "verify")
	return perform(c, len(data) >= largeInput, a.verify(p, k, signature, data), func(r *webidl.Realm, ok bool) goja.Value { return r.ToValue(ok) })
}

func encrypt(c webidl.Call) goja.Value {
	a, p := normalize(c, c.Arg(0), "encrypt", func(a *algorithm) bool { return a.encrypt != nil })
	k, data := keyArg(c, 1), c.BufferSource(c.Arg(2))
	k.use(c, p.name, "encrypt")
	return perform(c, a.slow || len(data) >= largeInput, a.encrypt(p, k, data), toBuffer)
}

func decrypt(c webidl.Call) goja.Value {
	a, p := normalize(c, c.Arg(0), "decrypt", func(a *algorithm) bool { return a.decrypt != nil })
	k, data := keyArg(c, 1), c.BufferSource(c.Arg(2))
	k.use(c, p.name, "decrypt")
	return perform(c, a.slow || len(data) >= largeInput, a.decrypt(p, k, data), toBuffer)
}

func deriveBits(c webidl.Call) goja.Value {
	a, p := normalize(c, c.Arg(0), "deriveBits", func(a *algorithm) bool { return a.derive != nil })
	k := keyArg(c, 1)
	k.use(c, p.name, "deriveBits")
	bits := -1
	if !webidl.IsNullish(c.Arg(2)) {
		bits = int(c.EnforceRange(c.Arg(2), 0, 1<<32-1))
	}
	return perform(c, a.slow, a.derive(p, k, bits), toBuffer)
}

func deriveKey(c webidl.Call) goja.Value {
	a, p := normalize(c, c.Arg(0), "deriveKey", func(a *algorithm) bool { return a.derive != nil })
	target, tp := normalize(c, c.Arg(2), "importKey", func(a *algorithm) bool { return a.importKey != nil && a.length != nil })
	k := keyArg(c, 1)
	k.use(c, p.name, "deriveKey")
	extractable, usages := c.Bool(3), readUsages(c, c.Arg(4))
	return perform(c, a.slow, a.derive(p, k, target.length(tp)), func(_ *webidl.Realm, secret []byte) goja.Value {
		// The arguments are gone from the stack by now: the parameters have been read, all but the dictionary's, which lives on.
		tp.Args = nil
		if tp.name == "HMAC" {
			tp.d = withoutLength(tp)
		}
		return imported(tp, target, "raw", keyData{bytes: secret}, extractable, usages)
	})
}

// withoutLength copies the parameters of HMAC but for length, which the derived bits have already.
func withoutLength(p params) webidl.Dictionary {
	obj := p.VM.CreateObject(nil) // which inherits no length either
	_ = obj.Set("name", p.name)
	_ = obj.Set("hash", p.hash())
	return p.Dictionary(obj)
}

// wrapKey and unwrapKey go by the wrapping algorithm's encryption (https://w3c.github.io/webcrypto/#SubtleCrypto-method-wrapKey).
func wrapKey(c webidl.Call) goja.Value {
	format := c.Enum(c.Arg(0), "KeyFormat", formats...)
	a, p := normalize(c, c.Arg(3), "wrapKey", func(a *algorithm) bool { return a.encrypt != nil || a.name == "AES-KW" })
	wrapping := keyArg(c, 2)
	wrapping.use(c, p.name, "wrapKey")
	e := export(c, keyArg(c, 1), format)
	data := e.bytes
	if e.jwk != nil {
		text, err := json.Marshal(e.jwk.members())
		if err != nil {
			panic(exception(c.Realm, err))
		}
		data = text
	}
	if a.name == "AES-KW" {
		return perform(c, false, func() ([]byte, error) { return keyWrap(wrapping.secret, data) }, toBuffer)
	}
	return perform(c, a.slow, a.encrypt(p, wrapping, data), toBuffer)
}

func unwrapKey(c webidl.Call) goja.Value {
	format := c.Enum(c.Arg(0), "KeyFormat", formats...)
	wrapped := c.BufferSource(c.Arg(1))
	a, p := normalize(c, c.Arg(3), "unwrapKey", func(a *algorithm) bool { return a.decrypt != nil || a.name == "AES-KW" })
	target, tp := normalize(c, c.Arg(4), "importKey", func(a *algorithm) bool { return a.importKey != nil })
	unwrapping := keyArg(c, 2)
	unwrapping.use(c, p.name, "unwrapKey")
	extractable, usages := c.Bool(5), readUsages(c, c.Arg(6))
	var work job[[]byte]
	if a.name == "AES-KW" {
		work = func() ([]byte, error) { return keyUnwrap(unwrapping.secret, wrapped) }
	} else {
		work = a.decrypt(p, unwrapping, wrapped)
	}
	return perform(c, a.slow, work, func(r *webidl.Realm, b []byte) goja.Value {
		tp.Args = nil
		data := keyData{bytes: b}
		if format == "jwk" {
			data = keyData{jwk: parseJWK(tp.Call, b)}
		}
		return imported(tp, target, format, data, extractable, usages)
	})
}
