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
	"sync"
	"time"
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
type Dir struct {
	path string

	mu       sync.Mutex
	arriving map[string]*arrival // guarded by mu, by hash: what is not durable yet, and what could not be made so
}

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
	return At(path), nil
}

// At gives a directory as it is, for who only reads: what another process is writing stays.
func At(path string) *Dir { return &Dir{path: path, arriving: map[string]*arrival{}} }

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

// Has reports whether the bundle is stored, or was received. It does not read it.
func (d *Dir) Has(hash string) bool {
	if !IsHash(hash) {
		return false
	}
	if d.arrived(hash) != "" {
		return true
	}
	_, err := os.Stat(d.File(hash))
	return err == nil
}

// Get reads a bundle. Errors: ErrNotFound; ErrDamaged, after which it is not stored any more.
func (d *Dir) Get(hash string) ([]byte, error) {
	if !IsHash(hash) {
		return nil, fmt.Errorf("read bundle %q: %w", hash, ErrNotFound)
	}
	f, err := d.open(hash)
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

// open opens the file of a bundle, whose name changes when it has become durable.
func (d *Dir) open(hash string) (*os.File, error) {
	if path := d.arrived(hash); path != "" {
		if f, err := os.Open(path); err == nil {
			return f, nil
		}
	}
	return os.Open(d.File(hash))
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
