// Package durable writes files that are whole after a power cut. It owns how, and none of the files.
package durable

import (
	"os"
	"path/filepath"
)

// Replace gives a file new content, with mode 0600, at once: whoever reads it, also after a power cut, finds either what it had or all of data.
// That it is the latter is certain once SyncDir of its directory has returned. A concurrent Replace of the same file is one after the other.
func Replace(path string, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".tmp*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // gone already if all went well
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

// SyncDir makes durable which names a directory has.
func SyncDir(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	defer dir.Close()
	return dir.Sync()
}
