package bundles_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/bindery/bindery/node/bundles"
)

func open(t testing.TB) *bundles.Dir {
	t.Helper()
	d, err := bundles.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func put(t testing.TB, d *bundles.Dir, content string) (hash string) {
	t.Helper()
	hash = bundles.Hash([]byte(content))
	if err := d.Put(hash, bytes.NewReader(bundles.Compress([]byte(content)))); err != nil {
		t.Fatal(err)
	}
	return hash
}

func TestPutAndGet(t *testing.T) {
	d := open(t)
	for _, content := range []string{"", "export default {}", strings.Repeat("long ", 1<<20)} {
		hash := put(t, d, content)
		put(t, d, content) // again
		got, err := d.Get(hash)
		if err != nil || string(got) != content || !d.Has(hash) {
			t.Fatalf("%d bytes: got %d, %v", len(content), len(got), err)
		}
	}
	if _, err := d.Get(bundles.Hash([]byte("another"))); !errors.Is(err, bundles.ErrNotFound) {
		t.Fatal(err)
	}
	if _, err := d.Get("../../etc/passwd"); !errors.Is(err, bundles.ErrNotFound) {
		t.Fatal(err)
	}
}

func TestPutRefuses(t *testing.T) {
	content := []byte("export default {}")
	hash, packed := bundles.Hash(content), bundles.Compress(content)
	for _, c := range []struct {
		name, hash string
		data       []byte
		want       error
	}{
		{"another hash", bundles.Hash([]byte("x")), packed, bundles.ErrDamaged},
		{"no hash", "../x", packed, bundles.ErrDamaged},
		{"upper case", strings.ToUpper(hash), packed, bundles.ErrDamaged},
		{"cut off", hash, packed[:len(packed)-3], bundles.ErrDamaged},
		{"not compressed", hash, content, bundles.ErrDamaged},
		{"bytes after the end", hash, append(bytes.Clone(packed), "tail"...), bundles.ErrDamaged},
		{"nothing", hash, nil, bundles.ErrDamaged},
		{"a bomb", hash, bundles.Compress(make([]byte, bundles.MaxSize+1)), bundles.ErrTooLarge},
		{"too much compressed", hash, make([]byte, bundles.MaxCompressed+1), nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			d, err := bundles.Open(dir)
			if err != nil {
				t.Fatal(err)
			}
			err = d.Put(c.hash, bytes.NewReader(c.data))
			if err == nil || c.want != nil && !errors.Is(err, c.want) {
				t.Fatalf("got %v, want %v", err, c.want)
			}
			if left, _ := os.ReadDir(dir); len(left) != 0 {
				t.Fatalf("it left %v", left)
			}
		})
	}
}

func TestDamageIsNoticedAndSetAside(t *testing.T) {
	d := open(t)
	hash := put(t, d, strings.Repeat("export default {} // and so on\n", 100))
	data, err := os.ReadFile(d.File(hash))
	if err != nil {
		t.Fatal(err)
	}
	for i := range data {
		bad := bytes.Clone(data)
		bad[i] ^= 1
		if err := os.WriteFile(d.File(hash), bad, 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := d.Get(hash)
		if err == nil && bundles.Hash(got) != hash {
			t.Fatalf("bit of byte %d: wrong content", i)
		}
		if err != nil && d.Has(hash) {
			t.Fatalf("byte %d: damaged (%v) and still there", i, err)
		}
	}
}

// What is received is there at once, and has its name when it is durable.
func TestReceive(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "b")
	d, err := bundles.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	content := []byte("export default {}")
	hash, packed := bundles.Hash(content), bundles.Compress(content)
	receive := func() {
		t.Helper()
		if err := d.Receive(hash, bytes.NewReader(packed)); err != nil {
			t.Fatal(err)
		}
	}
	for range 20 { // it may have become durable before it is read, or meanwhile
		receive()
		if got, err := d.Get(hash); err != nil || !bytes.Equal(got, content) || !d.Has(hash) {
			t.Fatalf("%q %v", got, err)
		}
		receive() // twice at a time
		if err := d.Durable(hash, bundles.Hash(nil)); err != nil {
			t.Fatal(err)
		}
		if got, err := bundles.At(dir).Get(hash); err != nil || !bytes.Equal(got, content) {
			t.Fatalf("another process reads %q, %v", got, err)
		}
		if err := os.Remove(d.File(hash)); err != nil {
			t.Fatal(err)
		}
	}
	// What can't become durable is not there, and may come again.
	if err := os.Mkdir(d.File(hash), 0o700); err != nil {
		t.Fatal(err)
	}
	receive()
	if err := d.Durable(hash); err == nil {
		t.Fatal("it is said to be durable")
	}
	if err := os.Remove(d.File(hash)); err != nil {
		t.Fatal(err)
	}
	if d.Has(hash) {
		t.Fatal("it is said to be there")
	}
	receive()
	if err := d.Durable(hash); err != nil || !d.Has(hash) {
		t.Fatal(err)
	}
	if left, _ := os.ReadDir(dir); len(left) != 1 {
		t.Fatalf("it left %v", left)
	}
}

func TestSweep(t *testing.T) {
	dir := t.TempDir()
	d, err := bundles.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	kept, old, young := put(t, d, "kept"), put(t, d, "old"), put(t, d, "young")
	past := time.Now().Add(-time.Hour)
	for _, hash := range []string{kept, old} {
		if err := os.Chtimes(d.File(hash), past, past); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "README"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	n, err := d.Sweep(time.Now().Add(-time.Minute), func(hash string) bool { return hash == kept })
	if err != nil || n != 1 || !d.Has(kept) || d.Has(old) || !d.Has(young) {
		t.Fatalf("removed %d, %v", n, err)
	}
	if _, err := os.Stat(filepath.Join(dir, "README")); err != nil {
		t.Fatal("it removed what is not its own")
	}
}

func TestUnfinishedFilesGoAway(t *testing.T) {
	dir := t.TempDir()
	left := filepath.Join(dir, bundles.Hash(nil)+".tmp123")
	if err := os.WriteFile(left, []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := bundles.Open(dir); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(left); !os.IsNotExist(err) {
		t.Fatal("it is still there")
	}
}

func FuzzPut(f *testing.F) {
	f.Add(bundles.Compress([]byte("x")))
	f.Add([]byte{0x28, 0xb5, 0x2f, 0xfd})
	f.Fuzz(func(t *testing.T, data []byte) {
		d := open(t)
		hash := bundles.Hash([]byte("x"))
		if err := d.Put(hash, bytes.NewReader(data)); err != nil {
			return
		}
		if got, err := d.Get(hash); err != nil || string(got) != "x" {
			t.Fatalf("stored, and reads as %q, %v", got, err)
		}
	})
}
