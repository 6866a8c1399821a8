package dataplane

import (
	"fmt"
	"net"
	"os"
	"slices"

	"github.com/bindery/bindery/node/compiler"
)

// Settings are what a data plane is started with and keeps. Two with equal settings serve alike.
type Settings struct {
	// Program names the executable and its state: a data plane of another one is replaced.
	Program string
	// Quarantine is set for the data plane of suspects, which takes HTTP from the other one.
	Quarantine          bool
	Memory              int64 // bytes that it may come to; 0 means that nobody looks
	AllowPrivateNetwork bool
	JSON                bool   // how Workers' lines look
	Level               string // and which are printed
	Compiler            compiler.Limits
}

// Launch is all that a data plane needs to start.
type Launch struct {
	Settings
	GRPC     *os.File // the listening socket of the service
	Handover *os.File // the listening socket of the handover
	HTTP     *os.File // the listening socket of the ingress
	Table    *os.File // see package poison
	Crash    *os.File // its standard error, and so Go's fatal trace
	Log      *os.File // where Workers' lines go
}

// Files are the descriptors in the order in which a child has them, from 3.
func (l *Launch) Files() []*os.File {
	return []*os.File{l.GRPC, l.Handover, l.HTTP, l.Table, l.Crash, l.Log}
}

// setFiles is the inverse of Files.
func (l *Launch) setFiles(f []*os.File) {
	l.GRPC, l.Handover, l.HTTP, l.Table, l.Crash, l.Log = f[0], f[1], f[2], f[3], f[4], f[5]
}

const launchFiles = 6

// Clone gives a Launch with descriptors of its own, for a data plane in this process.
func (l *Launch) Clone() (*Launch, error) {
	c := &Launch{Settings: l.Settings}
	files := slices.Clone(l.Files())
	for i, f := range files {
		d, err := duplicate(f)
		if err != nil {
			return nil, err
		}
		files[i] = d
	}
	c.setFiles(files)
	return c, nil
}

// Close closes the descriptors.
func (l *Launch) Close() {
	for _, f := range l.Files() {
		if f != nil {
			_ = f.Close()
		}
	}
}

// listener makes a listener of a descriptor, which it takes.
func listener(f *os.File, what string) (net.Listener, error) {
	l, err := net.FileListener(f)
	if err != nil {
		return nil, fmt.Errorf("take the %s listener: %w", what, err)
	}
	_ = f.Close()
	if u, ok := l.(*net.UnixListener); ok {
		u.SetUnlinkOnClose(false) // the path belongs to who made it
	}
	return l, nil
}
