// Package bundles owns the bundles of Workers on a node's disk: files named by the hash of their content, compressed, verified on every read.
// It does not own which of them are needed (the replicated state names them), nor what is in them.
package bundles

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/klauspost/compress/zstd"
)

// Sizes that are accepted, in bytes.
const (
	MaxCompressed = 10 << 20
	MaxSize       = 64 << 20
)

// Errors that callers tell apart.
var (
	// ErrNotFound says that the bundle is not here.
	ErrNotFound = errors.New("bundle is not stored here")
	// ErrDamaged says that what is stored, or was sent, is not what its name promises. A damaged file is set aside.
	ErrDamaged = errors.New("bundle does not have the content that its hash names")
	// ErrTooLarge says that a bundle is larger than is accepted.
	ErrTooLarge = errors.New("bundle is too large")
)

// Dir is a directory of bundles. Its methods may be called from any goroutine, and from several processes.
type Dir struct{ path string }

const (
	suffix   = ".zst"
	setAside = ".damaged"
)

// Open opens a directory, and makes it if it is not there. Files whose writing was not finished are removed.
func Open(path string) (*Dir, error) {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return nil, err
	}
	unfinished, err := filepath.Glob(filepath.Join(path, "*.tmp*"))
	if err != nil {
		return nil, err
	}
	for _, f := range unfinished {
		if err := os.Remove(f); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
	}
	return &Dir{path: path}, nil
}

// At gives a directory as it is, for who only reads: what another process is writing stays.
func At(path string) *Dir { return &Dir{path: path} }

// Hash names content.
func Hash(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

// IsHash reports whether s can be the name of a bundle.
func IsHash(s string) bool {
	b, err := hex.DecodeString(s)
	return err == nil && len(b) == sha256.Size && s == strings.ToLower(s)
}

// File is where the bundle is, or would be.
func (d *Dir) File(hash string) string { return filepath.Join(d.path, hash+suffix) }

// Has reports whether the bundle is stored. It does not read it.
func (d *Dir) Has(hash string) bool {
	if !IsHash(hash) {
		return false
	}
	_, err := os.Stat(d.File(hash))
	return err == nil
}

// Compress is the form in which bundles are sent and stored.
func Compress(content []byte) []byte {
	e, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1))
	if err != nil {
		panic(err) // the options are constants
	}
	defer e.Close()
	return e.EncodeAll(content, nil)
}

// Put stores the compressed bundle that r gives, when it has been read to its end and has the content that hash names. It is durable when Put
// returns. Errors: ErrDamaged, ErrTooLarge, those of r and of the file system.
func (d *Dir) Put(hash string, r io.Reader) error {
	if !IsHash(hash) {
		return fmt.Errorf("%w: %q is no SHA-256 in lower-case hexadecimal digits", ErrDamaged, hash)
	}
	f, err := os.CreateTemp(d.path, hash+".tmp*")
	if err != nil {
		return fmt.Errorf("store bundle %.12s: %w", hash, err)
	}
	defer os.Remove(f.Name()) // gone already if all went well
	err = receive(f, r, hash)
	if err == nil {
		err = f.Sync()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(f.Name(), d.File(hash))
	}
	if err == nil {
		err = syncDir(d.path)
	}
	if err != nil {
		return fmt.Errorf("store bundle %.12s: %w", hash, err)
	}
	return nil
}

// receive copies a compressed bundle and verifies it on the way.
func receive(w io.Writer, r io.Reader, hash string) error {
	limited := &limitedReader{r: r, left: MaxCompressed}
	if _, err := verify(io.TeeReader(limited, w), hash, io.Discard); err != nil {
		return err
	}
	// What follows the end of the compressed data would be stored, and is no part of it.
	if n, err := io.Copy(io.Discard, limited); err != nil || n > 0 {
		return errors.Join(fmt.Errorf("%w: %d bytes follow its end", ErrDamaged, n), err)
	}
	return nil
}

// verify decompresses r into w and compares the hash.
func verify(r io.Reader, hash string, w io.Writer) (int64, error) {
	dec, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(MaxSize+1), zstd.WithDecoderLowmem(true))
	if err != nil {
		return 0, err
	}
	defer dec.Close()
	h := sha256.New()
	n, err := io.Copy(io.MultiWriter(h, w), &limitedReader{r: dec, left: MaxSize})
	switch {
	case errors.Is(err, ErrTooLarge), errors.Is(err, zstd.ErrDecoderSizeExceeded):
		return n, fmt.Errorf("%w: %d bytes are the most that one may have, %d of them compressed", ErrTooLarge, MaxSize, MaxCompressed)
	case err != nil:
		return n, fmt.Errorf("%w: %w", ErrDamaged, err)
	case hex.EncodeToString(h.Sum(nil)) != hash:
		return n, ErrDamaged
	}
	return n, nil
}

// Get reads a bundle. Errors: ErrNotFound; ErrDamaged, after which it is not stored any more.
func (d *Dir) Get(hash string) ([]byte, error) {
	if !IsHash(hash) {
		return nil, fmt.Errorf("read bundle %q: %w", hash, ErrNotFound)
	}
	f, err := os.Open(d.File(hash))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("read bundle %.12s: %w", hash, ErrNotFound)
	}
	if err != nil {
		return nil, fmt.Errorf("read bundle %.12s: %w", hash, err)
	}
	defer f.Close()
	var content buffer
	if _, err := verify(f, hash, &content); err != nil {
		if errors.Is(err, ErrDamaged) {
			_ = os.Rename(f.Name(), f.Name()+setAside)
		}
		return nil, fmt.Errorf("read bundle %.12s: %w", hash, err)
	}
	return content, nil
}

// Sweep removes the bundles that keep does not want, if they were stored before the given time: a bundle is uploaded before the release that
// names it. It gives how many it removed.
func (d *Dir) Sweep(before time.Time, keep func(hash string) bool) (removed int, err error) {
	entries, err := os.ReadDir(d.path)
	if err != nil {
		return 0, err
	}
	var errs []error
	for _, e := range entries {
		hash, _, _ := strings.Cut(e.Name(), ".")
		if !IsHash(hash) || strings.Contains(e.Name(), ".tmp") || strings.HasSuffix(e.Name(), suffix) && keep(hash) {
			continue
		}
		info, err := e.Info()
		if err != nil || !info.ModTime().Before(before) {
			continue
		}
		if err := os.Remove(filepath.Join(d.path, e.Name())); err != nil {
			errs = append(errs, err)
			continue
		}
		removed++
	}
	return removed, errors.Join(errs...)
}

// buffer is a growing slice as an io.Writer.
type buffer []byte

func (b *buffer) Write(p []byte) (int, error) {
	*b = append(*b, p...)
	return len(p), nil
}

// limitedReader gives ErrTooLarge where io.LimitedReader gives io.EOF.
type limitedReader struct {
	r    io.Reader
	left int64
}

func (l *limitedReader) Read(p []byte) (int, error) {
	n, err := l.r.Read(p)
	if l.left -= int64(n); l.left < 0 {
		return 0, ErrTooLarge
	}
	return n, err
}

// syncDir makes a rename durable.
func syncDir(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	defer dir.Close()
	return dir.Sync()
}
