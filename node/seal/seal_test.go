package seal_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/bindery/bindery/node/seal"
)

func key(t *testing.T, b byte) *seal.Key {
	t.Helper()
	k, err := seal.New(bytes.Repeat([]byte{b}, seal.KeySize))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestSealAndOpen(t *testing.T) {
	k := key(t, 1)
	for _, value := range []string{"", "s3cret", string(make([]byte, 5<<10))} {
		sealed := k.Seal("auth", "TOKEN", []byte(value))
		if value != "" && bytes.Contains(sealed, []byte(value)) {
			t.Fatal("the value can be read")
		}
		got, err := k.Open("auth", "TOKEN", sealed)
		if err != nil || string(got) != value {
			t.Fatalf("%q, %v", got, err)
		}
	}
	if a, b := k.Seal("auth", "TOKEN", []byte("x")), k.Seal("auth", "TOKEN", []byte("x")); bytes.Equal(a, b) {
		t.Fatal("equal secrets are sealed alike")
	}
}

func TestOpenRefuses(t *testing.T) {
	k := key(t, 1)
	sealed := k.Seal("auth", "TOKEN", []byte("s3cret"))
	flipped := bytes.Clone(sealed)
	flipped[len(flipped)/2] ^= 1
	for name, open := range map[string]func() ([]byte, error){
		"another Worker":     func() ([]byte, error) { return k.Open("other", "TOKEN", sealed) },
		"another name":       func() ([]byte, error) { return k.Open("auth", "OTHER", sealed) },
		"names run together": func() ([]byte, error) { return k.Open("authT", "OKEN", sealed) },
		"another key":        func() ([]byte, error) { return key(t, 2).Open("auth", "TOKEN", sealed) },
		"a flipped bit":      func() ([]byte, error) { return k.Open("auth", "TOKEN", flipped) },
		"cut off":            func() ([]byte, error) { return k.Open("auth", "TOKEN", sealed[:8]) },
		"nothing":            func() ([]byte, error) { return k.Open("auth", "TOKEN", nil) },
	} {
		if got, err := open(); !errors.Is(err, seal.ErrSealed) {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

func TestDigest(t *testing.T) {
	k := key(t, 1)
	d := k.Digest("auth", "TOKEN", []byte("x"))
	if !bytes.Equal(d, k.Digest("auth", "TOKEN", []byte("x"))) {
		t.Fatal("equal secrets have different digests")
	}
	for _, other := range [][]byte{
		k.Digest("auth", "TOKEN", []byte("y")), k.Digest("auth", "TOKE", []byte("Nx")), k.Digest("aut", "hTOKEN", []byte("x")),
		key(t, 2).Digest("auth", "TOKEN", []byte("x")),
	} {
		if bytes.Equal(d, other) {
			t.Fatal("different secrets have one digest")
		}
	}
}

func TestLoad(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keys", "seal")
	if _, err := seal.Load(path, false); !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	k, err := seal.Load(path, true)
	if err != nil {
		t.Fatal(err)
	}
	again, err := seal.Load(path, true)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := again.Open("w", "n", k.Seal("w", "n", []byte("v"))); err != nil || string(got) != "v" {
		t.Fatal("the key was made anew")
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("%v, %v", info.Mode(), err)
	}
	if err := os.WriteFile(path, []byte("short"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := seal.Load(path, true); err == nil {
		t.Fatal("a damaged key was taken")
	}
}
