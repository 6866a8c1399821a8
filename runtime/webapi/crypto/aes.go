package crypto

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/subtle"
	"encoding/binary"
	"math/big"
	"slices"
	"strconv"
)

func init() {
	for _, m := range []struct {
		name, suffix     string
		encrypt, decrypt func(p params, k *Key, data []byte) job[[]byte]
	}{
		{"AES-GCM", "GCM", gcm(true), gcm(false)},
		{"AES-CBC", "CBC", cbc(true), cbc(false)},
		{"AES-CTR", "CTR", ctr, ctr},
		{"AES-KW", "KW", nil, nil},
	} {
		usages := []string{"encrypt", "decrypt", "wrapKey", "unwrapKey"}
		if m.name == "AES-KW" {
			usages = usages[2:]
		}
		register(&algorithm{
			name: m.name, encrypt: m.encrypt, decrypt: m.decrypt, length: aesLength,
			generate: func(p params, extractable bool, given []string) job[keyPair] {
				only(p.Call, p.name, given, usages...)
				return secretGenerate(p, keyAlgorithm{}, aesLength(p), extractable, given)
			},
			importKey: func(p params, format string, data keyData, extractable bool, given []string) *Key {
				only(p.Call, p.name, given, usages...)
				secret := readSecret(p, format, data, func(secret []byte) string { return "A" + strconv.Itoa(len(secret)*8) + m.suffix })
				if n := len(secret); n != 16 && n != 24 && n != 32 {
					panic(p.DOMException("DataError", "Imported AES key length must be 128, 192, or 256 bits but provided %d.", n*8))
				}
				return secretKey(p, secret, keyAlgorithm{length: len(secret) * 8}, extractable, given)
			},
			exportKey: secretExport(func(k *Key) string { return "A" + bitsText(k) + m.suffix }),
		})
	}
}

func aesLength(p params) int {
	n := p.integer("length")
	if n != 128 && n != 192 && n != 256 {
		panic(p.DOMException("OperationError", "Generated AES key length must be 128, 192, or 256 bits but requested %d.", n))
	}
	return n
}

// errDecrypt is what all failures to decrypt look like: to tell more would help to guess.
var errDecrypt = fail("OperationError", "Decryption failed. This could be due to a ciphertext authentication failure, bad padding, incorrect CryptoKey, or another algorithm-specific reason.")

func gcm(seal bool) func(p params, k *Key, data []byte) job[[]byte] {
	return func(p params, k *Key, data []byte) job[[]byte] {
		iv, additional, bits := p.bytes("iv"), p.optionalBytes("additionalData"), p.optionalInteger("tagLength", 128)
		if !slices.Contains([]int{32, 64, 96, 104, 112, 120, 128}, bits) {
			panic(p.DOMException("OperationError", "Invalid AES-GCM tag length %d: it is 32, 64, 96, 104, 112, 120 or 128.", bits))
		}
		if len(iv) == 0 {
			panic(p.DOMException("OperationError", "AES-GCM IV must not be empty."))
		}
		return func() ([]byte, error) {
			block, err := aes.NewCipher(k.secret)
			if err != nil {
				return nil, err
			}
			aead, err := cipher.NewGCMWithNonceSize(block, len(iv))
			if err != nil {
				return nil, err
			}
			const full = 16
			if seal {
				out := aead.Seal(make([]byte, 0, len(data)+full), iv, data, additional)
				return out[:len(data)+bits/8], nil
			}
			if bits == 128 {
				out, err := aead.Open([]byte{}, iv, data, additional)
				if err != nil {
					return nil, errDecrypt
				}
				return out, nil
			}
			return openShort(aead, iv, data, additional, bits/8)
		}
	}
}

// openShort decrypts where the tag was cut to size bytes, which Go's cipher does not offer with any nonce: what is sealed out of zeros is the
// key stream; sealing the plain text again gives the whole tag.
func openShort(aead cipher.AEAD, iv, data, additional []byte, size int) ([]byte, error) {
	n := len(data) - size
	if n < 0 {
		return nil, errDecrypt
	}
	plain := aead.Seal(nil, iv, make([]byte, n), additional)[:n]
	subtle.XORBytes(plain, plain, data[:n])
	again := aead.Seal(nil, iv, plain, additional)
	if subtle.ConstantTimeCompare(again[n:n+size], data[n:]) != 1 {
		return nil, errDecrypt
	}
	return plain, nil
}

func cbc(seal bool) func(p params, k *Key, data []byte) job[[]byte] {
	return func(p params, k *Key, data []byte) job[[]byte] {
		iv := p.bytes("iv")
		if len(iv) != aes.BlockSize {
			panic(p.DOMException("OperationError", "AES-CBC IV must be 16 bytes long (provided %d).", len(iv)))
		}
		return func() ([]byte, error) {
			block, err := aes.NewCipher(k.secret)
			if err != nil {
				return nil, err
			}
			if seal {
				pad := aes.BlockSize - len(data)%aes.BlockSize
				for range pad {
					data = append(data, byte(pad))
				}
				cipher.NewCBCEncrypter(block, iv).CryptBlocks(data, data)
				return data, nil
			}
			if len(data) == 0 || len(data)%aes.BlockSize != 0 {
				return nil, errDecrypt
			}
			cipher.NewCBCDecrypter(block, iv).CryptBlocks(data, data)
			pad := int(data[len(data)-1])
			if pad == 0 || pad > aes.BlockSize {
				return nil, errDecrypt
			}
			for _, b := range data[len(data)-pad:] {
				if int(b) != pad {
					return nil, errDecrypt
				}
			}
			return data[:len(data)-pad], nil
		}
	}
}

// ctr encrypts and decrypts. Only the last bits of the counter count, and they wrap around, which Go's CTR does not do: so the text is
// taken in two parts.
func ctr(p params, k *Key, data []byte) job[[]byte] {
	counter, bits := p.bytes("counter"), p.integer("length")
	if len(counter) != aes.BlockSize {
		panic(p.DOMException("OperationError", "AES-CTR counter must be 16 bytes long (provided %d).", len(counter)))
	}
	if bits < 1 || bits > 128 {
		panic(p.DOMException("OperationError", "AES-CTR counter length must be 1 to 128 bits (provided %d).", bits))
	}
	blocks := big.NewInt(int64((len(data) + aes.BlockSize - 1) / aes.BlockSize))
	span := new(big.Int).Lsh(big.NewInt(1), uint(bits))
	if blocks.Cmp(span) > 0 {
		panic(p.DOMException("OperationError", "AES-CTR: the data is longer than a counter of %d bits can count.", bits))
	}
	whole := new(big.Int).SetBytes(counter)
	low := new(big.Int).Mod(whole, span)
	until := new(big.Int).Sub(span, low) // blocks until the counter wraps
	return func() ([]byte, error) {
		block, err := aes.NewCipher(k.secret)
		if err != nil {
			return nil, err
		}
		first := len(data)
		if until.Cmp(blocks) < 0 {
			first = int(until.Int64()) * aes.BlockSize
		}
		cipher.NewCTR(block, counter).XORKeyStream(data[:first], data[:first])
		if first < len(data) {
			wrapped := new(big.Int).Sub(whole, low).FillBytes(make([]byte, aes.BlockSize))
			cipher.NewCTR(block, wrapped).XORKeyStream(data[first:], data[first:])
		}
		return data, nil
	}
}

// keyWrap is AES Key Wrap (https://www.rfc-editor.org/rfc/rfc3394).
func keyWrap(secret, data []byte) ([]byte, error) {
	if len(data)%8 != 0 || len(data) < 16 {
		return nil, fail("OperationError", "AES-KW wraps keys of 16 bytes and more, in steps of 8; this one has %d.", len(data))
	}
	block, err := aes.NewCipher(secret)
	if err != nil {
		return nil, err
	}
	n := len(data) / 8
	out := append([]byte{0xA6, 0xA6, 0xA6, 0xA6, 0xA6, 0xA6, 0xA6, 0xA6}, data...)
	var b [16]byte
	for j := range 6 {
		for i := 1; i <= n; i++ {
			copy(b[:8], out[:8])
			copy(b[8:], out[8*i:])
			block.Encrypt(b[:], b[:])
			binary.BigEndian.PutUint64(out, binary.BigEndian.Uint64(b[:8])^uint64(n*j+i))
			copy(out[8*i:], b[8:])
		}
	}
	return out, nil
}

func keyUnwrap(secret, data []byte) ([]byte, error) {
	if len(data)%8 != 0 || len(data) < 24 {
		return nil, errDecrypt
	}
	block, err := aes.NewCipher(secret)
	if err != nil {
		return nil, err
	}
	n := len(data)/8 - 1
	out := slices.Clone(data)
	var b [16]byte
	for j := 5; j >= 0; j-- {
		for i := n; i >= 1; i-- {
			binary.BigEndian.PutUint64(b[:8], binary.BigEndian.Uint64(out)^uint64(n*j+i))
			copy(b[8:], out[8*i:8*i+8])
			block.Decrypt(b[:], b[:])
			copy(out, b[:8])
			copy(out[8*i:], b[8:])
		}
	}
	if binary.BigEndian.Uint64(out) != 0xA6A6A6A6A6A6A6A6 {
		return nil, errDecrypt
	}
	return out[8:], nil
}
