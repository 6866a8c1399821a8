package bundles

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/bindery/bindery/node/durable"
)

// arrival is a bundle on its way to be durable.
type arrival struct {
	path string        // of the file that has it meanwhile
	done chan struct{} // closed when it is durable, or can't be made so
	err  error         // why not: guarded by Dir.mu until done is closed
}

// Put stores the compressed bundle that r gives, when it has been read to its end and has the content that hash names. It is durable when Put
// returns. Errors: ErrDamaged, ErrTooLarge, those of r and of the file system.
func (d *Dir) Put(hash string, r io.Reader) error {
	if err := d.Receive(hash, r); err != nil {
		return err
	}
	return d.Durable(hash)
}

// Receive is as Put, and returns when Has and Get know the bundle: it becomes durable meanwhile, and Durable waits for that. Until then no other process
// finds it, and none that comes after this one.
func (d *Dir) Receive(hash string, r io.Reader) error {
	if !IsHash(hash) {
		return fmt.Errorf("%w: %q is no SHA-256 in lower-case hexadecimal digits", ErrDamaged, hash)
	}
	f, err := os.CreateTemp(d.path, hash+".tmp*")
	if err != nil {
		return fmt.Errorf("store bundle %.12s: %w", hash, err)
	}
	if err := receive(f, r, hash); err != nil {
		_ = f.Close()
		_ = os.Remove(f.Name())
		return fmt.Errorf("store bundle %.12s: %w", hash, err)
	}
	a := &arrival{path: f.Name(), done: make(chan struct{})}
	d.mu.Lock()
	d.arriving[hash] = a
	d.mu.Unlock()
	go d.finish(hash, a, f)
	return nil
}

// finish makes a bundle durable before it has its name.
func (d *Dir) finish(hash string, a *arrival, f *os.File) {
	err := f.Sync()
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(a.path, d.File(hash))
	}
	if err == nil {
		err = durable.SyncDir(d.path)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case err != nil:
		_ = os.Remove(a.path)
		a.err = fmt.Errorf("store bundle %.12s: %w", hash, err)
	case d.arriving[hash] == a: // it may have come twice
		delete(d.arriving, hash)
	}
	close(a.done)
}

// Durable waits until bundles that were received are durable. Errors: those of the file system; what could not be stored is to be received again.
func (d *Dir) Durable(hashes ...string) error {
	var errs []error
	for _, hash := range hashes {
		d.mu.Lock()
		a := d.arriving[hash]
		d.mu.Unlock()
		if a != nil {
			<-a.done
			errs = append(errs, a.err)
		}
	}
	return errors.Join(errs...)
}

// arrived is the file that has a bundle which is not durable yet, "" if there is none.
func (d *Dir) arrived(hash string) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	if a := d.arriving[hash]; a != nil && a.err == nil {
		return a.path
	}
	return ""
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
