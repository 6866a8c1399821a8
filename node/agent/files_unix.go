//go:build unix

package agent

import (
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"syscall"

	"github.com/bindery/bindery/node/dataplane"
)

// maxSocketPath is the longest path of a Unix socket that all systems take.
const maxSocketPath = 103

// lockFile takes a file for this process alone, until it is closed.
func lockFile(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			err = errors.New("another node runs in this data directory")
		}
		return nil, err
	}
	return f, nil
}

// identity names this executable: the file that it was started from.
func identity() (string, error) {
	path := "/proc/self/exe"
	info, err := os.Stat(path)
	if err != nil {
		if path, err = os.Executable(); err == nil {
			info, err = os.Stat(path)
		}
	}
	if err != nil {
		return "", fmt.Errorf("identify this program: %w", err)
	}
	inode := uint64(0)
	if s, ok := info.Sys().(*syscall.Stat_t); ok {
		inode = s.Ino
	}
	return fmt.Sprintf("%d-%d-%d", inode, info.Size(), info.ModTime().UnixNano()), nil
}

// listenUnix gives a new listening Unix socket. What was at its path is removed.
func listenUnix(path string) (*os.File, error) {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		return nil, err
	}
	l.SetUnlinkOnClose(false)
	defer l.Close()
	return dataplane.FileOf(l)
}

// listenTCP gives a new listening socket, and its address.
func listenTCP(address string) (*os.File, string, error) {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, "", err
	}
	defer l.Close()
	f, err := dataplane.FileOf(l.(*net.TCPListener))
	return f, l.Addr().String(), err
}

// addressOf is the address of a listening socket.
func addressOf(f *os.File) (string, error) {
	d, err := dataplane.FileOf(f)
	if err != nil {
		return "", err
	}
	defer d.Close()
	l, err := net.FileListener(d)
	if err != nil {
		return "", err
	}
	defer l.Close()
	if u, ok := l.(*net.UnixListener); ok {
		u.SetUnlinkOnClose(false)
	}
	return l.Addr().String(), nil
}

// answers reports whether a socket that listens at have is what was asked for by want.
func answers(have, want string) bool {
	w, err := net.ResolveTCPAddr("tcp", want)
	if err != nil {
		return false
	}
	h, err := net.ResolveTCPAddr("tcp", have)
	if err != nil || w.Port != 0 && w.Port != h.Port {
		return false
	}
	if len(w.IP) == 0 || w.IP.IsUnspecified() && !strings.Contains(want, ".") {
		return h.IP.IsUnspecified()
	}
	return w.IP.Equal(h.IP)
}
