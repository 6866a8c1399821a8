// Package seal owns the cluster's sealing key, under which secrets are kept: AES-256-GCM, and a keyed hash by which equal secrets can be told to
// be equal. It does not own where secrets are kept, nor who may open them.
package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// KeySize is the length of a key, in bytes.
const KeySize = 32

// ErrSealed says that a value was not sealed under this key for this Worker and name, or was changed since.
var ErrSealed = errors.New("secret can't be opened with this cluster's key")

// Key seals and opens. Its methods may be called from any goroutine.
type Key struct {
	aead   cipher.AEAD
	digest []byte
}

// New makes a Key of 32 random bytes.
func New(secret []byte) (*Key, error) {
	if len(secret) != KeySize {
		return nil, fmt.Errorf("a sealing key has %d bytes, and this one %d", KeySize, len(secret))
	}
	sealing, err := hkdf.Key(sha256.New, secret, nil, "bindery secret sealing", KeySize)
	if err != nil {
		return nil, err
	}
	digest, err := hkdf.Key(sha256.New, secret, nil, "bindery secret digest", KeySize)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(sealing)
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, err
	}
	return &Key{aead: aead, digest: digest}, nil
}

// Load reads the key in a file, and makes one if the file is not there and create is true. Errors: fs.ErrNotExist, wrapped.
func Load(path string, create bool) (*Key, error) {
	secret, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) && create {
		secret = make([]byte, KeySize)
		_, _ = rand.Read(secret) // never fails
		err = writeFile(path, secret)
	}
	if err != nil {
		return nil, fmt.Errorf("load sealing key: %w", err)
	}
	k, err := New(secret)
	if err != nil {
		return nil, fmt.Errorf("load sealing key %s: %w", path, err)
	}
	return k, nil
}

// writeFile makes a file durable before it has its name.
func writeFile(path string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".tmp*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	return err
}

// bound is what a sealed value belongs to.
func bound(worker, name string) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(worker)))
	b = append(b, worker...)
	return append(b, name...)
}

// Seal seals the value of a Worker's secret. It can be opened for that Worker and name only.
func (k *Key) Seal(worker, name string, value []byte) []byte {
	return k.aead.Seal(nil, nil, value, bound(worker, name))
}

// Open gives the value. Errors: ErrSealed.
func (k *Key) Open(worker, name string, sealed []byte) ([]byte, error) {
	value, err := k.aead.Open(nil, nil, sealed, bound(worker, name))
	if err != nil {
		return nil, fmt.Errorf("open secret %s of Worker %q: %w", name, worker, ErrSealed)
	}
	return value, nil
}

// Digest is the same for the same Worker, name and value, and tells nothing else to who lacks the key.
func (k *Key) Digest(worker, name string, value []byte) []byte {
	h := hmac.New(sha256.New, k.digest)
	b := bound(worker, name)
	h.Write(binary.BigEndian.AppendUint32(nil, uint32(len(b))))
	h.Write(b)
	h.Write(value)
	return h.Sum(nil)
}
