package crypto_test

import (
	"strings"
	"testing"

	"github.com/bindery/bindery/runtime/runtimetest"
	"github.com/bindery/bindery/runtime/webapi/crypto"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

func TestMain(m *testing.M) { runtimetest.Main(m, crypto.API) }

// prelude has hex() and unhex() for both ways, and text() for ASCII.
const prelude = `const hex = b => new Uint8Array(b).toHex(); const unhex = s => Uint8Array.fromHex(s); const text = s => Uint8Array.from([...s], c => c.charCodeAt(0));
const { subtle } = crypto; const name = async f => { try { await	f(); return "nothing" } catch (e) { return e.name + ": " + e.message } };
`

func table(t *testing.T, cases []runtimetest.Case) {
	t.Helper()
	for i := range cases {
		cases[i].Name = cases[i].Src
		cases[i].Src = prelude + cases[i].Src
	}
	runtimetest.Table(t, cases)
}

func TestRandom(t *testing.T) {
	table(t, []runtimetest.Case{
		{Src: `/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(crypto.randomUUID()) && crypto.randomUUID() !== crypto.randomUUID()`, Want: "true"},
		{Src: `const a = new Uint32Array(64); (crypto.getRandomValues(a) === a) && new Set(a).size > 50`, Want: "true"},
		{Src: `const a = new Uint8Array(64); crypto.getRandomValues(a.subarray(32)); a.slice(0, 32).every(x => x === 0) && a.slice(32).some(x => x !== 0)`, Want: "true"},
		{Src: `crypto.getRandomValues(new Uint8Array(65536)).length + crypto.getRandomValues(new BigInt64Array(2)).length + crypto.getRandomValues(new Uint8ClampedArray(0)).length`, Want: "65538"},
		{Src: `crypto.getRandomValues(new Uint8Array(65537))`, Want: "throws QuotaExceededError"},
		{Src: `crypto.getRandomValues(new Float64Array(1))`, Want: "throws TypeMismatchError"},
		{Src: `crypto.getRandomValues(new DataView(new ArrayBuffer(1)))`, Want: "throws TypeMismatchError"},
		{Src: `crypto.getRandomValues([1, 2])`, Want: "throws TypeMismatchError"},
		{Src: `crypto.getRandomValues()`, Want: "throws TypeError"},
		{Src: `crypto.subtle === crypto.subtle && String(crypto) + String(crypto.subtle)`, Want: "[object Crypto][object SubtleCrypto]"},
		{Src: `new Crypto()`, Want: "throws TypeError: Illegal constructor"},
		{Src: `new CryptoKey()`, Want: "throws TypeError: Illegal constructor"},
		{Src: `subtle.timingSafeEqual(text("abc"), text("abc").buffer) + "" + subtle.timingSafeEqual(text("abc"), text("abd"))`, Want: "truefalse"},
		{Src: `subtle.timingSafeEqual(text("abc"), text("ab"))`, Want: "throws TypeError: Input buffers must have the same byte length"},
	})
}

func TestGlobalScope(t *testing.T) {
	rt := runtimetest.New(t)
	for _, src := range []string{`crypto.randomUUID()`, `crypto.getRandomValues(new Uint8Array(1))`} {
		rt.Post(nil, func() {
			if _, err := rt.Realm.VM.RunString(src); err == nil || !strings.Contains(err.Error(), "Disallowed operation called within global scope") {
				t.Errorf("%s: got %v", src, err)
			}
		})
	}
	rt.Do(func(*webidl.Realm) {})
}

func TestDigest(t *testing.T) {
	table(t, []runtimetest.Case{
		{Src: `return hex(await subtle.digest("SHA-256", text("abc")))`, Want: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
		{Src: `return hex(await subtle.digest({ name: "sha-1" }, text("abc").buffer))`, Want: "a9993e364706816aba3e25717850c26c9cd0d89d"},
		{Src: `return hex(await subtle.digest("MD5", new DataView(new ArrayBuffer(0))))`, Want: "d41d8cd98f00b204e9800998ecf8427e"},
		{Src: `return [hex(await subtle.digest("SHA-384", text("abc"))).slice(0, 16), hex(await subtle.digest("Sha-512", text("abc"))).slice(0, 16)].join()`, Want: "cb00753f45a35e8b,ddaf35a193617aba"},
		{Src: `return hex(await subtle.digest("SHA-1", new Uint8Array(1000000).fill(97)))`, Want: "34aa973cd4c4daa4f61eeb2bdbad27316534016f"},
		{Src: `const b = new Uint8Array(200000); const p = subtle.digest("SHA-256", b); b.fill(1); return hex(await p) === hex(await subtle.digest("SHA-256", new Uint8Array(200000)))`, Want: "true"},
		{Src: `return await name(() => subtle.digest("SHA-3", text("")))`, Want: `NotSupportedError: Unrecognized or unimplemented digest algorithm "SHA-3" requested; supported: MD5, SHA-1, SHA-256, SHA-384, SHA-512.`},
		{Src: `return await name(() => subtle.digest("SHA-1", "abc"))`, Want: "TypeError: The provided value is not of type '(ArrayBuffer or ArrayBufferView)'"},
		{Src: `return await name(() => subtle.digest({}, text("abc")))`, Want: "TypeError: Failed to execute 'SubtleCrypto.digest': the hash algorithm has no member 'name'."},
		{Src: `return await name(() => subtle.digest("SHA-1"))`, Want: "TypeError: Failed to execute 'SubtleCrypto.digest': 2 arguments required, but only 1 present."},
		{Src: `return await name(() => SubtleCrypto.prototype.digest.call({}, "SHA-1", text("")))`, Want: "TypeError: Illegal invocation: SubtleCrypto.digest called on a value that is no SubtleCrypto"},
	})
}

func TestHMAC(t *testing.T) {
	const key = `const key = await subtle.importKey("raw", text("Jefe"), { name: "hmac", hash: "SHA-256" }, true, ["verify", "sign", "sign"]); const data = text("what do ya want for nothing?");`
	table(t, []runtimetest.Case{
		{Src: key + `return hex(await subtle.sign("HMAC", key, data))`, Want: "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
		{Src: key + `const s = new Uint8Array(await subtle.sign("HMAC", key, data)); const l = [await subtle.verify("HMAC", key, s, data)]; s[3] ^= 1; l.push(await subtle.verify({ name: "HMAC" }, key, s, data), await subtle.verify("HMAC", key, s.slice(1), data)); return l.join()`, Want: "true,false,false"},
		{Src: key + `return JSON.stringify([key.type, key.extractable, key.algorithm, key.usages, key.algorithm === key.algorithm, key.usages === key.usages, String(key)])`, Want: `["secret",true,{"name":"HMAC","hash":{"name":"SHA-256"},"length":32},["sign","verify"],true,true,"[object CryptoKey]"]`},
		{Src: key + `return hex(await subtle.exportKey("raw", key)) + JSON.stringify(await subtle.exportKey("jwk", key))`, Want: `4a656665{"kty":"oct","k":"SmVmZQ","alg":"HS256","key_ops":["sign","verify"],"ext":true}`},
		{Src: key + `const k2 = await subtle.importKey("jwk", await subtle.exportKey("jwk", key), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]); return hex(await subtle.sign("HMAC", k2, data)).slice(0, 8) + await name(() => subtle.exportKey("raw", k2))`, Want: "5bdcc146InvalidAccessError: Attempt to export non-extractable HMAC key."},
		{Src: `const k = await subtle.generateKey({ name: "HMAC", hash: { name: "SHA-512" } }, true, ["sign"]); return k.algorithm.length + "," + (await subtle.exportKey("raw", k)).byteLength`, Want: "1024,128"},
		{Src: `const k = await subtle.generateKey({ name: "HMAC", hash: "SHA-1", length: 64 }, true, ["sign"]); return (await subtle.exportKey("raw", k)).byteLength`, Want: "8"},
		{Src: key + `return await name(() => subtle.importKey("raw", new Uint8Array(0), { name: "HMAC", hash: "SHA-1" }, true, ["sign"]))`, Want: "DataError: An HMAC key must not be empty."},
		{Src: `return await name(() => subtle.importKey("raw", text("a"), { name: "HMAC", hash: "SHA-1" }, true, []))`, Want: `SyntaxError: Usages cannot be empty when creating a key of type "secret".`},
		{Src: `return await name(() => subtle.importKey("raw", text("a"), { name: "HMAC", hash: "SHA-1" }, true, ["encrypt"]))`, Want: `SyntaxError: Unsupported key usage "encrypt" for a HMAC key: it may have ["sign" "verify"].`},
		{Src: `return (await name(() => subtle.importKey("raw", text("a"), { name: "HMAC", hash: "SHA-1" }, true, ["fly"]))).slice(0, 10)`, Want: "TypeError:"},
		{Src: `return await name(() => subtle.importKey("raw", text("a"), "HMAC", true, ["sign"]))`, Want: `TypeError: Missing field "hash" in HMAC params.`},
		{Src: `return await name(() => subtle.importKey("raw", text("a"), { name: "HMAC", hash: "MD5" }, true, ["sign"]))`, Want: `NotSupportedError: Unrecognized or unimplemented digest algorithm "MD5" requested; supported: SHA-1, SHA-256, SHA-384, SHA-512.`},
		{Src: `return await name(() => subtle.importKey("spki", text("a"), { name: "HMAC", hash: "SHA-1" }, true, ["sign"]))`, Want: `NotSupportedError: Unsupported key format "spki" for a HMAC key; supported: raw, jwk.`},
		{Src: `return await name(() => subtle.importKey("jwk", { kty: "RSA", k: "AA" }, { name: "HMAC", hash: "SHA-1" }, true, ["sign"]))`, Want: `DataError: The JWK's "kty" is "RSA"; a key of this algorithm has "oct".`},
		{Src: `return await name(() => subtle.importKey("jwk", { kty: "oct", k: "A!" }, { name: "HMAC", hash: "SHA-1" }, true, ["sign"]))`, Want: `DataError: The JWK's member "k" is not base64url.`},
		{Src: `return await name(() => subtle.importKey("jwk", { kty: "oct", k: "AAAA", alg: "HS512" }, { name: "HMAC", hash: "SHA-1" }, true, ["sign"]))`, Want: `DataError: The JWK's "alg" is "HS512"; "HS1" was asked for.`},
		{Src: `return await name(() => subtle.importKey("jwk", { kty: "oct", k: "AAAA", ext: false }, { name: "HMAC", hash: "SHA-1" }, true, ["sign"]))`, Want: `DataError: The JWK has "ext": false, so that the key cannot be extractable.`},
		{Src: `return await name(() => subtle.importKey("jwk", { kty: "oct", k: "AAAA", key_ops: ["verify"] }, { name: "HMAC", hash: "SHA-1" }, true, ["sign"]))`, Want: `DataError: The JWK's "key_ops" ["verify"] do not have the usage "sign".`},
		{Src: `return await name(() => subtle.importKey("jwk", text("a"), { name: "HMAC", hash: "SHA-1" }, true, ["sign"]))`, Want: `TypeError: Failed to execute 'SubtleCrypto.importKey': a JWK is an object, not a buffer.`},
		{Src: key + `return await name(() => subtle.encrypt({ name: "AES-GCM", iv: text("a") }, key, data))`, Want: `InvalidAccessError: Requested algorithm "AES-GCM" does not match this CryptoKey (HMAC).`},
		{Src: `const k = await subtle.importKey("raw", text("a"), { name: "HMAC", hash: "SHA-1" }, false, ["verify"]); return await name(() => subtle.sign("HMAC", k, text("")))`, Want: `InvalidAccessError: Requested key usage "sign" does not match any usage listed in this CryptoKey ["verify"].`},
		{Src: `return await name(() => subtle.sign("HMAC", {}, text("")))`, Want: "TypeError: Failed to execute 'SubtleCrypto.sign': parameter 2 is not of type 'CryptoKey'."},
		{Src: `return await name(() => subtle.sign("Rot13", {}, text("")))`, Want: `NotSupportedError: Unrecognized or unimplemented algorithm "Rot13" requested for sign; supported: ECDSA, Ed25519, HMAC, RSA-PSS, RSASSA-PKCS1-v1_5.`},
	})
}

func TestAES(t *testing.T) {
	table(t, []runtimetest.Case{
		{Src: `const k = await subtle.importKey("raw", new Uint8Array(16), "AES-GCM", false, ["encrypt", "decrypt"]); const p = { name: "AES-GCM", iv: new Uint8Array(12) }; const c = await subtle.encrypt(p, k, new Uint8Array(16)); return hex(c) + "," + hex(await subtle.decrypt(p, k, c))`, Want: "0388dace60b6a392f328c2b971b2fe78ab6e47d42cec13bdf53a67b21257bddf,00000000000000000000000000000000"},
		{Src: `const k = await subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]); const out = []; for (const tagLength of [32, 64, 96, 104, 112, 120, 128]) for (const n of [1, 12, 33]) { const p = { name: "AES-GCM", iv: crypto.getRandomValues(new Uint8Array(n)), additionalData: text("extra"), tagLength }; const c = new Uint8Array(await subtle.encrypt(p, k, text("secret"))); const ok = hex(await subtle.decrypt(p, k, c)) === hex(text("secret")); c[0] ^= 1; out.push(c.length * 8 === 48 + tagLength && ok && (await name(() => subtle.decrypt(p, k, c))).startsWith("OperationError: Decryption failed")) } return out.every(x => x)`, Want: "true"},
		{Src: `const k = await subtle.generateKey({ name: "AES-GCM", length: 128 }, false, ["encrypt", "decrypt"]); const c = await subtle.encrypt({ name: "AES-GCM", iv: text("iv"), additionalData: text("a") }, k, text("s")); return (await name(() => subtle.decrypt({ name: "AES-GCM", iv: text("iv") }, k, c))).slice(0, 14)`, Want: "OperationError"},
		{Src: `const k = await subtle.generateKey({ name: "AES-GCM", length: 128 }, false, ["encrypt", "decrypt"]); return (await subtle.decrypt({ name: "AES-GCM", iv: text("iv") }, k, await subtle.encrypt({ name: "AES-GCM", iv: text("iv") }, k, text("")))).byteLength`, Want: "0"},
		{Src: `const k = await subtle.generateKey({ name: "AES-GCM", length: 128 }, false, ["encrypt", "decrypt"]); return [await name(() => subtle.encrypt({ name: "AES-GCM", iv: text("") }, k, text(""))), await name(() => subtle.encrypt({ name: "AES-GCM", iv: text("a"), tagLength: 5 }, k, text(""))), await name(() => subtle.encrypt("AES-GCM", k, text(""))), (await name(() => subtle.decrypt({ name: "AES-GCM", iv: text("a"), tagLength: 32 }, k, text("abc")))).slice(0, 14)].join("|")`, Want: `OperationError: AES-GCM IV must not be empty.|OperationError: Invalid AES-GCM tag length 5: it is 32, 64, 96, 104, 112, 120 or 128.|TypeError: Missing field "iv" in AES-GCM params.|OperationError`},
		{Src: `const k = await subtle.importKey("raw", unhex("2b7e151628aed2a6abf7158809cf4f3c"), "AES-CBC", true, ["encrypt", "decrypt"]); const p = { name: "AES-CBC", iv: unhex("000102030405060708090a0b0c0d0e0f") }; const c = await subtle.encrypt(p, k, unhex("6bc1bee22e409f96e93d7e117393172a")); return [hex(c).slice(0, 32), c.byteLength, hex(await subtle.decrypt(p, k, c))].join()`, Want: "7649abac8119b246cee98e9b12e9197d,32,6bc1bee22e409f96e93d7e117393172a"},
		{Src: `const k = await subtle.generateKey({ name: "AES-CBC", length: 192 }, true, ["encrypt", "decrypt"]); const p = { name: "AES-CBC", iv: new Uint8Array(16) }; const out = []; for (const b of [new Uint8Array(0), new Uint8Array(15), new Uint8Array(16)]) out.push((await name(() => subtle.decrypt(p, k, b))).slice(0, 14)); out.push((await name(() => subtle.encrypt({ name: "AES-CBC", iv: text("a") }, k, text("")))), (await subtle.exportKey("jwk", k)).alg); return out.join("|")`, Want: "OperationError|OperationError|OperationError|OperationError: AES-CBC IV must be 16 bytes long (provided 1).|A192CBC"},
		{Src: `const k = await subtle.importKey("raw", unhex("2b7e151628aed2a6abf7158809cf4f3c"), "AES-CTR", true, ["encrypt"]); const p = { name: "AES-CTR", counter: unhex("f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff"), length: 128 }; return hex(await subtle.encrypt(p, k, unhex("6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51")))`, Want: "874d6191b620e3261bef6864990db6ce9806f66b7970fdff8617187bb9fffdff"},
		{Src: `const k = await subtle.generateKey({ name: "AES-CTR", length: 128 }, true, ["encrypt", "decrypt"]); const e = async (c, length, n) => hex(await subtle.encrypt({ name: "AES-CTR", counter: unhex(c), length }, k, new Uint8Array(n))); const base = "000102030405060708090a0b0c0d0e"; return (await e(base + "ff", 8, 40)) === (await e(base + "ff", 8, 16)) + (await e(base + "00", 8, 24)) && (await e(base + "ff", 128, 32)).slice(32) !== (await e(base + "00", 8, 16))`, Want: "true"},
		{Src: `const k = await subtle.generateKey({ name: "AES-CTR", length: 128 }, true, ["encrypt"]); return [await name(() => subtle.encrypt({ name: "AES-CTR", counter: new Uint8Array(16), length: 1 }, k, new Uint8Array(33))), await name(() => subtle.encrypt({ name: "AES-CTR", counter: new Uint8Array(5), length: 1 }, k, text(""))), await name(() => subtle.encrypt({ name: "AES-CTR", counter: new Uint8Array(16), length: 129 }, k, text("")))].join("|")`, Want: "OperationError: AES-CTR: the data is longer than a counter of 1 bits can count.|OperationError: AES-CTR counter must be 16 bytes long (provided 5).|OperationError: AES-CTR counter length must be 1 to 128 bits (provided 129)."},
		{Src: `return [await name(() => subtle.generateKey({ name: "AES-GCM", length: 100 }, true, ["encrypt"])), await name(() => subtle.importKey("raw", text("a"), "AES-GCM", true, ["encrypt"])), await name(() => subtle.generateKey({ name: "AES-GCM", length: -1 }, true, ["encrypt"]))].join("|").slice(0, 180)`, Want: "OperationError: Generated AES key length must be 128, 192, or 256 bits but requested 100.|DataError: Imported AES key length must be 128, 192, or 256 bits but provided 8.|TypeError"},
		{Src: `const kek = await subtle.importKey("raw", unhex("000102030405060708090a0b0c0d0e0f"), "AES-KW", false, ["wrapKey", "unwrapKey"]); const k = await subtle.importKey("raw", unhex("00112233445566778899aabbccddeeff"), "AES-GCM", true, ["encrypt"]); const w = await subtle.wrapKey("raw", k, kek, "AES-KW"); const u = await subtle.unwrapKey("raw", w, kek, "AES-KW", "AES-GCM", true, ["encrypt"]); return hex(w) + "," + hex(await subtle.exportKey("raw", u))`, Want: "1fa68b0a8112b447aef34bd8fb5a7b829d3e862371d2cfe5,00112233445566778899aabbccddeeff"},
		{Src: `const kek = await subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["wrapKey", "unwrapKey"]); const k = await subtle.generateKey({ name: "HMAC", hash: "SHA-256" }, true, ["sign"]); const alg = { name: "AES-GCM", iv: text("abc") }; const w = await subtle.wrapKey("jwk", k, kek, alg); const u = await subtle.unwrapKey("jwk", w, kek, alg, { name: "HMAC", hash: "SHA-256" }, true, ["sign"]); new Uint8Array(w)[0] ^= 1; return hex(await subtle.sign("HMAC", k, text("x"))) === hex(await subtle.sign("HMAC", u, text("x"))) && (await name(() => subtle.unwrapKey("jwk", w, kek, alg, { name: "HMAC", hash: "SHA-256" }, true, ["sign"]))).slice(0, 14)`, Want: "OperationError"},
		{Src: `const k = await subtle.generateKey({ name: "AES-GCM", length: 128 }, false, ["encrypt", "decrypt"]); const p = { name: "AES-GCM", iv: text("iv") }; const big = new Uint8Array(300000).fill(7); return hex(await subtle.decrypt(p, k, await subtle.encrypt(p, k, big))) === hex(big)`, Want: "true"},
	})
}

func TestDerive(t *testing.T) {
	const base = `const key = await subtle.importKey("raw", text("password"), "PBKDF2", false, ["deriveBits", "deriveKey"]); const p = { name: "PBKDF2", hash: "SHA-1", salt: text("salt"), iterations: 4096 };`
	table(t, []runtimetest.Case{
		{Src: base + `return hex(await subtle.deriveBits(p, key, 160))`, Want: "4b007901b765489abead49d926f721d065a429c1"},
		{Src: base + `return hex(await subtle.deriveBits({ ...p, iterations: 1 }, key, 160))`, Want: "0c60c80f961f0e71f3a9b524af6012062fe037a6"},
		{Src: base + `const k = await subtle.deriveKey(p, key, { name: "AES-CBC", length: 128 }, true, ["encrypt"]); return hex(await subtle.exportKey("raw", k)) + k.usages`, Want: "4b007901b765489abead49d926f721d0encrypt"},
		{Src: base + `const k = await subtle.deriveKey(p, key, { name: "HMAC", hash: "SHA-256", length: 80 }, true, ["sign"]); return hex(await subtle.exportKey("raw", k)) + k.algorithm.length`, Want: "4b007901b765489abead80"},
		{Src: base + `return (await subtle.deriveBits(p, key, 0)).byteLength + (await name(() => subtle.deriveBits(p, key, 7))) + (await name(() => subtle.deriveBits(p, key, null)))`, Want: "0OperationError: PBKDF2 derives whole bytes: length must be a multiple of 8, and not null.OperationError: PBKDF2 derives whole bytes: length must be a multiple of 8, and not null."},
		{Src: base + `return [(await name(() => subtle.deriveBits({ ...p, iterations: 1e6 }, key, 4096))).slice(0, 30), await name(() => subtle.deriveBits({ ...p, iterations: 0 }, key, 8)), await name(() => subtle.deriveBits({ ...p, iterations: 4e9 }, key, 8)), await name(() => subtle.importKey("raw", text("a"), "PBKDF2", true, ["deriveBits"]))].join("|")`, Want: "NotSupportedError: Pbkdf2 fail|OperationError: PBKDF2 needs one iteration at least.|NotSupportedError: Pbkdf2 failed: iteration counts above 1000000 are not supported (requested 4000000000).|SyntaxError: A PBKDF2 key cannot be extractable."},
		{Src: `const key = await subtle.importKey("raw", new Uint8Array(22).fill(11), "HKDF", false, ["deriveBits"]); return hex(await subtle.deriveBits({ name: "HKDF", hash: "SHA-256", salt: unhex("000102030405060708090a0b0c"), info: unhex("f0f1f2f3f4f5f6f7f8f9") }, key, 336))`, Want: "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"},
		{Src: `const key = await subtle.importKey("raw", text("x"), "HKDF", false, ["deriveBits"]); return await name(() => subtle.deriveBits({ name: "HKDF", hash: "SHA-256", salt: text(""), info: text("") }, key, 8 * 255 * 32 + 8))`, Want: "OperationError: HKDF with SHA-256 derives 65280 bits at the most."},
	})
}

func TestAsymmetric(t *testing.T) {
	const pairs = `const sign = async (alg, params, usages = ["sign", "verify"]) => {
		const k = await subtle.generateKey(alg, true, usages), data = text("data"), out = [k.publicKey.type, k.privateKey.type, k.publicKey.usages, k.privateKey.usages];
		const s = new Uint8Array(await subtle.sign(params, k.privateKey, data));
		for (const format of ["jwk", "spki", "raw"]) {
			let pub; try { pub = await subtle.importKey(format, await subtle.exportKey(format, k.publicKey), alg, true, ["verify"]) } catch (e) { out.push(format + e.name); continue }
			out.push(await subtle.verify(params, pub, s, data), await subtle.verify(params, pub, s, text("other")));
		}
		for (const format of ["jwk", "pkcs8"]) {
			const priv = await subtle.importKey(format, await subtle.exportKey(format, k.privateKey), alg, false, ["sign"]);
			out.push(await subtle.verify(params, k.publicKey, await subtle.sign(params, priv, data), data));
		}
		s[5] ^= 1; out.push(await subtle.verify(params, k.publicKey, s, data), await subtle.verify(params, k.publicKey, s.slice(1), data));
		out.push(await name(() => subtle.exportKey("spki", k.privateKey)));
		return out.join(" ");
	};`
	table(t, []runtimetest.Case{
		{Src: pairs + `return [await sign({ name: "ECDSA", namedCurve: "P-256" }, { name: "ECDSA", hash: "SHA-256" }), await sign({ name: "ECDSA", namedCurve: "P-521" }, { name: "ECDSA", hash: "SHA-1" })].join("\n")`, Want: strings.TrimSuffix(strings.Repeat("public private verify sign true false true false true false true true false false InvalidAccessError: A private ECDSA key cannot be exported as \"spki\".\n", 2), "\n")},
		{Src: pairs + `return await sign("Ed25519", "Ed25519")`, Want: "public private verify sign true false true false true false true true false false InvalidAccessError: A private Ed25519 key cannot be exported as \"spki\"."},
		{Src: pairs + `return await sign({ name: "RSASSA-PKCS1-v1_5", modulusLength: 1024, publicExponent: new Uint8Array([1, 0, 1]), hash: "SHA-256" }, "RSASSA-PKCS1-v1_5")`, Want: "public private verify sign true false true false rawInvalidAccessError true true false false InvalidAccessError: A private RSASSA-PKCS1-v1_5 key cannot be exported as \"spki\"."},
		{Src: pairs + `return await sign({ name: "RSA-PSS", modulusLength: 1024, publicExponent: new Uint8Array([1, 0, 1]), hash: "SHA-256" }, { name: "RSA-PSS", saltLength: 32 })`, Want: "public private verify sign true false true false rawInvalidAccessError true true false false InvalidAccessError: A private RSA-PSS key cannot be exported as \"spki\"."},
		{Src: `const seed = unhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"), pub = unhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"); const b64 = b => b.toBase64({ alphabet: "base64url", omitPadding: true }); const k = await subtle.importKey("jwk", { kty: "OKP", crv: "Ed25519", d: b64(seed), x: b64(pub) }, "Ed25519", true, ["sign"]); return hex(await subtle.sign("Ed25519", k, text(""))).slice(0, 64)`, Want: "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"},
		{Src: `const out = []; for (const alg of [{ name: "ECDH", namedCurve: "P-256" }, { name: "ECDH", namedCurve: "P-384" }, { name: "X25519" }]) { const a = await subtle.generateKey(alg, true, ["deriveBits", "deriveKey"]), b = await subtle.generateKey(alg, true, ["deriveBits"]); const x = await subtle.deriveBits({ ...alg, public: b.publicKey }, a.privateKey, null), y = await subtle.deriveBits({ ...alg, public: a.publicKey }, b.privateKey, 128); out.push(x.byteLength, hex(x).startsWith(hex(y)), y.byteLength); const k = await subtle.deriveKey({ ...alg, public: b.publicKey }, a.privateKey, { name: "AES-GCM", length: 256 }, true, ["encrypt"]); out.push(hex(await subtle.exportKey("raw", k)) === hex(x).slice(0, 64)); const raw = await subtle.exportKey("raw", a.publicKey); out.push((await subtle.importKey("raw", raw, alg, true, [])).type) } return out.join()`, Want: "32,true,16,true,public,48,true,16,true,public,32,true,16,true,public"},
		{Src: `const a = await subtle.generateKey({ name: "ECDH", namedCurve: "P-256" }, true, ["deriveBits"]), b = await subtle.generateKey({ name: "ECDH", namedCurve: "P-384" }, true, ["deriveBits"]); return [await name(() => subtle.deriveBits({ name: "ECDH", public: b.publicKey }, a.privateKey, 8)), await name(() => subtle.deriveBits({ name: "ECDH", public: a.publicKey }, a.privateKey, 1000)), await name(() => subtle.deriveBits({ name: "ECDH" }, a.privateKey, 8))].join("|")`, Want: `InvalidAccessError: The member "public" must be a public key of the same algorithm and curve.|OperationError: Derived key length (1000 bits) is too long: it should be at most 256 bits.|TypeError: Missing field "public" in ECDH params.`},
		{Src: `const k = await subtle.generateKey({ name: "RSA-OAEP", modulusLength: 1024, publicExponent: new Uint8Array([1, 0, 1]), hash: "SHA-1" }, true, ["encrypt", "decrypt"]); const p = { name: "RSA-OAEP", label: text("l") }; const c = await subtle.encrypt(p, k.publicKey, text("hi")); return [hex(await subtle.decrypt(p, k.privateKey, c)), (await name(() => subtle.decrypt("RSA-OAEP", k.privateKey, c))).slice(0, 14), (await subtle.exportKey("jwk", k.publicKey)).alg, (await name(() => subtle.encrypt(p, k.publicKey, new Uint8Array(500)))).slice(0, 14)].join()`, Want: "6869,OperationError,RSA-OAEP,OperationError"},
		{Src: `const gen = (o) => name(() => subtle.generateKey({ name: "RSA-PSS", hash: "SHA-1", modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]), ...o }, true, ["sign"])); return [await gen({ publicExponent: new Uint8Array([3]) }), await gen({ modulusLength: 512 }), await gen({ modulusLength: 1e6 })].join("|")`, Want: "NotSupportedError: The publicExponent 3 is not supported; it must be 65537.|OperationError: The modulus length must be a multiple of 8 between 1024 and 4096, but 512 requested.|OperationError: The modulus length must be a multiple of 8 between 1024 and 4096, but 1000000 requested."},
		{Src: `const ec = { name: "ECDSA", namedCurve: "P-256" }; return [await name(() => subtle.generateKey({ name: "ECDSA", namedCurve: "K-1" }, true, ["sign"])), (await name(() => subtle.importKey("raw", text("x"), ec, true, ["verify"]))).slice(0, 10), (await name(() => subtle.importKey("spki", text("x"), ec, true, ["verify"]))).slice(0, 10), await name(() => subtle.generateKey(ec, true, ["verify"])), await name(() => subtle.importKey("jwk", { kty: "EC", crv: "P-384" }, ec, true, ["verify"])), await name(() => subtle.importKey("jwk", { kty: "EC", crv: "P-256", x: "AA", y: "AA" }, ec, true, ["verify"]))].join("|")`, Want: `NotSupportedError: Unrecognized or unimplemented EC curve "K-1" requested; supported: P-256, P-384, P-521.|DataError:|DataError:|SyntaxError: Usages cannot be empty when creating a key of type "private".|DataError: The JWK's "crv" is "P-384"; "P-256" was asked for.|DataError: The JWK's x and y must have 32 bytes each.`},
	})
}

// No key material, however strange, may do more than be refused.
func FuzzImportKey(f *testing.F) {
	for _, seed := range []string{"", "a", "0123456789abcdef", "\x30\x00", "\x30\x81\xff", "\x04" + strings.Repeat("\x01", 64), strings.Repeat("\xff", 133)} {
		f.Add(seed, "AQAB", uint8(1))
	}
	f.Add("x", "AA", uint8(200))
	f.Fuzz(func(t *testing.T, raw, text string, pick uint8) {
		rt := runtimetest.New(t)
		rt.Do(func(r *webidl.Realm) {
			_ = r.VM.Set("raw", r.Uint8Array([]byte(raw)))
			_ = r.VM.Set("text", r.Str(strings.ToValidUTF8(text, "?")))
			_ = r.VM.Set("pick", int(pick))
		})
		rt.Async(`const algs = [["HMAC", "sign"], ["AES-GCM", "encrypt"], ["ECDSA", "verify"], ["ECDSA", "sign"], ["ECDH", "deriveBits"], ["Ed25519", "verify"], ["Ed25519", "sign"], ["X25519", "deriveBits"], ["RSA-PSS", "verify"], ["RSA-PSS", "sign"], ["RSA-OAEP", "decrypt"], ["HKDF", "deriveBits"]];
			const [name, usage] = algs[pick % algs.length];
			const alg = { name, hash: "SHA-256", namedCurve: "P-256" };
			for (const format of ["raw", "spki", "pkcs8"]) try { await crypto.subtle.importKey(format, raw, alg, false, [usage]) } catch (e) { if (!(e instanceof DOMException)) throw e }
			for (const kty of ["oct", "EC", "RSA", "OKP"]) for (const crv of ["P-256", name]) {
				const jwk = { kty, crv };
				for (const n of ["k", "x", "y", "n", "e", "d", "p", "q"]) jwk[n] = text;
				if (pick & 16) jwk.e = "AQAB";
				try { await crypto.subtle.importKey("jwk", jwk, alg, false, [usage]) } catch (e) { if (!(e instanceof DOMException)) throw e }
			}
			return "ok"`).Want("ok")
	})
}

func BenchmarkDigest(b *testing.B) {
	rt := runtimetest.New(b)
	b.ReportAllocs()
	for b.Loop() {
		rt.Run(`crypto.subtle.digest("SHA-256", new Uint8Array(100))`)
	}
}
