//go:build unix

package dataplane

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"

	"github.com/bindery/bindery/node/process"
)

// Start starts a data plane as a process of this executable, in a session of its own. Its standard error is l.Crash: a pipe to this process
// would end with it, and an end of what this process writes to is not the data plane's.
func Start(l *Launch) (*exec.Cmd, error) {
	if os.Getenv(settingsVariable) != "" {
		return nil, errors.New("start a data plane: this process is one itself: its main must call dataplane.Main first")
	}
	path, err := process.Executable()
	if err != nil {
		return nil, fmt.Errorf("start a data plane: %w", err)
	}
	cmd := exec.Command(path)
	cmd.Args = []string{childName}
	if cmd.Env, err = environment(l.Settings); err != nil {
		return nil, fmt.Errorf("start a data plane: %w", err)
	}
	cmd.Stderr = l.Crash
	cmd.ExtraFiles = l.Files()
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start a data plane: %w", err)
	}
	return cmd, nil
}

func closeOnExec(fd uintptr) { syscall.CloseOnExec(int(fd)) }

// duplicate gives another descriptor of an open file.
func duplicate(f *os.File) (*os.File, error) { return FileOf(f) }

// FileOf gives another descriptor of a file, listener or connection. It stays non-blocking, as a listener's File method does not: that is a property of
// what all processes share that have it.
func FileOf(c syscall.Conn) (*os.File, error) {
	raw, err := c.SyscallConn()
	if err != nil {
		return nil, fmt.Errorf("duplicate a descriptor: %w", err)
	}
	var f *os.File
	controlErr := raw.Control(func(fd uintptr) {
		var d int
		syscall.ForkLock.RLock() // no child is to have it that is started meanwhile
		defer syscall.ForkLock.RUnlock()
		if d, err = syscall.Dup(int(fd)); err == nil {
			syscall.CloseOnExec(d)
			f = os.NewFile(uintptr(d), "socket")
		}
	})
	if err = errors.Join(controlErr, err); err != nil {
		return nil, fmt.Errorf("duplicate a descriptor: %w", err)
	}
	return f, nil
}

// stopOnSignal ends the server as Stop does, when the system asks for it.
func (s *Server) stopOnSignal() {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTERM, os.Interrupt)
	<-signals
	s.stop(drainTime)
	<-signals
	os.Exit(1)
}
