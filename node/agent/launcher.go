package agent

import (
	"errors"
	"fmt"
	"os/exec"

	"github.com/bindery/bindery/node/dataplane"
)

// Process is a data plane that was started here.
type Process interface {
	// Wait waits for its end, and says how it ended.
	Wait() string
	Kill() error
}

// Launcher starts a data plane. It has returned when the descriptors of l may be closed.
type Launcher func(l *dataplane.Launch) (Process, error)

// Processes is the Launcher that starts processes of this executable, whose main calls dataplane.Main.
func Processes(l *dataplane.Launch) (Process, error) {
	cmd, err := dataplane.Start(l)
	if err != nil {
		return nil, err
	}
	return child{cmd}, nil
}

type child struct{ cmd *exec.Cmd }

func (c child) Wait() string {
	_ = c.cmd.Wait() // ProcessState has it
	return c.cmd.ProcessState.String()
}

func (c child) Kill() error { return c.cmd.Process.Kill() }

// InProcess gives a Launcher whose data planes run in this process, for tests of what is above them.
func InProcess(h dataplane.Hooks) Launcher {
	return func(l *dataplane.Launch) (Process, error) {
		l, err := l.Clone()
		if err != nil {
			return nil, err
		}
		s, err := dataplane.New(l, h)
		if err != nil {
			return nil, err
		}
		p := &inside{server: s, done: make(chan struct{})}
		go func() {
			defer close(p.done)
			p.err = s.Serve()
		}()
		return p, nil
	}
}

type inside struct {
	server *dataplane.Server
	done   chan struct{}
	err    error
}

func (p *inside) Wait() string {
	<-p.done
	return fmt.Sprint(p.err)
}

func (p *inside) Kill() error { return errors.New("kill data plane: it runs in this process") }
