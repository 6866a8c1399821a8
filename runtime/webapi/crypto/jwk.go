package crypto

import (
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"

	"github.com/dop251/goja"

	"github.com/bindery/bindery/runtime/webapi/webidl"
)

func lower(s string) string { return strings.ToLower(s) }

// keyData is a key to import: bytes, or a JWK for the format "jwk".
type keyData struct {
	bytes []byte
	jwk   *jwk
}

// jwk is a JSON Web Key (https://www.rfc-editor.org/rfc/rfc7517): its members that are strings, and those that are not.
type jwk struct {
	text   map[string]string
	ops    []string
	hasOps bool
	ext    bool
	hasExt bool
}

// jwkNames are the members that are strings, in the order in which they are exported.
var jwkNames = []string{"kty", "crv", "x", "y", "k", "n", "e", "d", "p", "q", "dp", "dq", "qi", "alg", "use"}

func newJWK(kty string) *jwk { return &jwk{text: map[string]string{"kty": kty}} }

func readKeyData(c webidl.Call, format string, v goja.Value) keyData {
	if format != "jwk" {
		return keyData{bytes: c.BufferSource(v)}
	}
	if _, ok := c.BufferBytes(v); ok {
		panic(c.TypeError("Failed to execute '%s': a JWK is an object, not a buffer.", c.Name))
	}
	d := c.Dictionary(v)
	j := &jwk{text: make(map[string]string)}
	for _, name := range jwkNames {
		if v, ok := d.Get(name); ok {
			j.text[name] = c.USVString(v)
		}
	}
	if v, ok := d.Get("ext"); ok {
		j.ext, j.hasExt = v.ToBoolean(), true
	}
	if v, ok := d.Get("key_ops"); ok {
		j.hasOps = true
		for _, op := range c.Sequence(v) {
			j.ops = append(j.ops, c.USVString(op))
		}
	}
	return keyData{jwk: j}
}

// parseJWK reads a JWK out of a wrapped key's bytes.
func parseJWK(c webidl.Call, b []byte) *jwk {
	var members map[string]any
	if err := json.Unmarshal(b, &members); err != nil {
		panic(c.DOMException("DataError", "The unwrapped data is no JSON Web Key: %s", err))
	}
	j := &jwk{text: make(map[string]string)}
	for _, name := range jwkNames {
		if s, ok := members[name].(string); ok {
			j.text[name] = s
		}
	}
	j.ext, j.hasExt = members["ext"].(bool)
	if list, ok := members["key_ops"].([]any); ok {
		j.hasOps = true
		for _, op := range list {
			if s, ok := op.(string); ok {
				j.ops = append(j.ops, s)
			}
		}
	}
	return j
}

// check throws a DataError where the JWK forbids what is asked of the key.
func (j *jwk) check(c webidl.Call, extractable bool, usages []string) {
	if j.hasExt && !j.ext && extractable {
		panic(c.DOMException("DataError", "The JWK has \"ext\": false, so that the key cannot be extractable."))
	}
	for _, u := range usages {
		if j.hasOps && !slices.Contains(j.ops, u) {
			panic(c.DOMException("DataError", "The JWK's \"key_ops\" %q do not have the usage %q.", j.ops, u))
		}
	}
}

// want throws a DataError unless the JWK is of a type, and of a curve if crv is not empty.
func (j *jwk) want(c webidl.Call, kty, crv string) {
	if j.text["kty"] != kty {
		panic(c.DOMException("DataError", "The JWK's \"kty\" is %q; a key of this algorithm has %q.", j.text["kty"], kty))
	}
	if crv != "" && j.text["crv"] != crv {
		panic(c.DOMException("DataError", "The JWK's \"crv\" is %q; %q was asked for.", j.text["crv"], crv))
	}
}

// wantAlg throws a DataError if the JWK names another algorithm.
func (j *jwk) wantAlg(c webidl.Call, alg string) {
	if got, ok := j.text["alg"]; ok && alg != "" && got != alg {
		panic(c.DOMException("DataError", "The JWK's \"alg\" is %q; %q was asked for.", got, alg))
	}
}

func (j *jwk) has(name string) bool { _, ok := j.text[name]; return ok }

// bytes decodes a member that is base64url.
func (j *jwk) bytes(c webidl.Call, name string) []byte {
	text, ok := j.text[name]
	if !ok {
		panic(c.DOMException("DataError", "The JWK has no member %q.", name))
	}
	b, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(text, "="))
	if err != nil {
		panic(c.DOMException("DataError", "The JWK's member %q is not base64url.", name))
	}
	return b
}

func (j *jwk) set(name string, b []byte) *jwk {
	j.text[name] = base64.RawURLEncoding.EncodeToString(b)
	return j
}

func (j *jwk) setText(name, text string) *jwk {
	if text != "" {
		j.text[name] = text
	}
	return j
}

// members are the JWK's members as JSON has them.
func (j *jwk) members() map[string]any {
	m := map[string]any{"ext": j.ext, "key_ops": append([]string{}, j.ops...)}
	for name, text := range j.text {
		m[name] = text
	}
	return m
}

func (j *jwk) object(r *webidl.Realm) *goja.Object {
	obj := r.VM.NewObject()
	for _, name := range jwkNames {
		if text, ok := j.text[name]; ok {
			r.Put(obj, name, r.Str(text))
		}
	}
	r.Put(obj, "key_ops", stringArray(r, j.ops))
	r.Put(obj, "ext", r.ToValue(j.ext))
	return obj
}

// wrongFormat throws for a format that keys of an algorithm do not have.
func wrongFormat(c webidl.Call, name, format string, have ...string) {
	panic(c.DOMException("NotSupportedError", "Unsupported key format %q for a %s key; supported: %s.", format, name, strings.Join(have, ", ")))
}
