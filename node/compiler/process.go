package compiler

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	program "github.com/bindery/bindery/node/process"
)

// childVariable marks the environment of a child. It keeps an executable that forgot to call Main from starting itself without end.
const childVariable = "BINDERY_COMPILER"

// passed are the variables that a child has from its parent: what changes how Go or the engine work must be the same in both.
var passed = []string{"GODEBUG", "GOMAXPROCS", engineVariable, traceVariable}

// engineVariable chooses how package engine works.
const engineVariable = "BINDERY_ENGINE"

// traceVariable asks for the stacks of a child that dies, and for all that it says.
const traceVariable = "GOTRACEBACK"

// process is a child.
type process struct {
	cmd     *exec.Cmd
	in      *os.File // its standard input
	out     *os.File // its standard output
	frames  *bufio.Reader
	said    opening // of its standard error
	greeted bool
	served  int

	overtime atomic.Bool   // it was killed because it took too long
	done     chan struct{} // closed when it is dead and waited for
}

// startProcess starts a child, without waiting for it to say anything.
func startProcess(l Limits) (*process, error) {
	if os.Getenv(childVariable) != "" {
		return nil, errors.New("this process is a compiler itself: its main must call compiler.Main first")
	}
	path, err := program.Executable()
	if err != nil {
		return nil, err
	}
	p := &process{cmd: exec.Command(path), done: make(chan struct{})}
	p.cmd.Args = []string{childName}
	p.cmd.Env = environment()
	p.cmd.SysProcAttr = childAttributes()
	p.cmd.Stderr = &p.said
	if os.Getenv(traceVariable) != "" {
		p.said.echo = os.Stderr
	}
	childIn, in, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	out, childOut, err := os.Pipe()
	if err != nil {
		_, _ = childIn.Close(), in.Close()
		return nil, err
	}
	p.cmd.Stdin, p.cmd.Stdout, p.in, p.out, p.frames = childIn, childOut, in, out, bufio.NewReader(out)
	started := make(chan error, 1)
	go p.live(started)
	err = <-started
	_, _ = childIn.Close(), childOut.Close()
	if err == nil {
		err = p.send(kindSettings, settings{l})
	}
	if err != nil {
		_, _ = in.Close(), out.Close()
		return nil, err
	}
	return p, nil
}

func environment() []string {
	env := []string{childVariable + "=1"}
	for _, name := range passed {
		if value, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+value)
		}
	}
	if os.Getenv(traceVariable) == "" {
		env = append(env, traceVariable+"=none") // walking an overflown stack takes long, and nobody reads it
	}
	return env
}

// live starts the child and waits for its end. The system sends the death signal when the thread ends that started the child, so this
// goroutine keeps its own.
func (p *process) live(started chan<- error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	err := p.cmd.Start()
	started <- err
	if err != nil {
		return
	}
	_ = p.cmd.Wait() // ProcessState has it
	close(p.done)
}

// end kills the child, waits until it is gone, and frees what belonged to it.
func (p *process) end() {
	p.kill()
	<-p.done
	_, _ = p.in.Close(), p.out.Close()
}

func (p *process) kill() { _ = p.cmd.Process.Kill() } // the error says that it has ended

// dead reports whether the child has ended.
func (p *process) dead() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

func (p *process) send(k kind, v any) error {
	b, err := encode(v)
	if err != nil {
		return err
	}
	return writeFrame(p.in, k, b)
}

// errIdentity says that a child is no child of this executable.
var errIdentity = errors.New("start the compiler: the executable that was started is another one than this: start again")

// greet waits for the child's first word.
func (p *process) greet() error {
	if p.greeted {
		return nil
	}
	k, b, err := readFrame(p.frames)
	if err != nil && !errors.Is(err, errFrame) {
		return err
	}
	if err != nil || k != kindHello || string(b) != identity() {
		return errIdentity
	}
	p.greeted = true
	return nil
}

// ask has the child answer r. files are those that it began to parse. After an error the child is of no more use.
func (p *process) ask(ctx context.Context, r *request, wall time.Duration) (answer *reply, files []string, err error) {
	stopContext := context.AfterFunc(ctx, p.kill)
	timer := time.AfterFunc(wall, func() {
		p.overtime.Store(true)
		p.kill()
	})
	defer func() {
		// Where one of them has begun, the child dies, whatever it said.
		if alive := stopContext(); !timer.Stop() || !alive {
			err = errors.Join(err, context.DeadlineExceeded)
		}
	}()
	if err := p.greet(); err != nil {
		return nil, nil, err
	}
	p.served++
	if err := p.send(kindRequest, r); err != nil {
		return nil, nil, err
	}
	for {
		k, b, err := readFrame(p.frames)
		if err != nil {
			return nil, files, err
		}
		switch k {
		case kindLoaded:
			if len(files) < maxFiles {
				files = append(files, string(b))
			}
		case kindReply:
			answer = &reply{}
			return answer, files, decode(b, answer)
		default:
			return nil, files, errFrame
		}
	}
}

// maxFiles is how many files are remembered in case the child dies.
const maxFiles = 10_000

// cause finds why a child died, which has ended.
func (p *process) cause() (Cause, string) {
	text := p.said.String()
	switch code := p.cmd.ProcessState.ExitCode(); {
	case p.overtime.Load():
		return Wall, ""
	case code == exitMemory:
		return Memory, ""
	case code == exitCPU:
		return CPU, ""
	}
	// Go's fatal errors begin with a line or two of what is wrong.
	lines := strings.Split(text, "\n")
	for _, line := range lines[:min(len(lines), 20)] {
		switch {
		case strings.Contains(line, "stack overflow"), strings.Contains(line, "goroutine stack exceeds"):
			return Stack, line
		case strings.Contains(line, "out of memory"), strings.Contains(line, "cannot allocate"),
			strings.Contains(line, "failed to allocate"): // the race detector says so
			return Memory, line
		}
	}
	first := p.cmd.ProcessState.String()
	if i := slices.IndexFunc(lines, func(s string) bool { return strings.TrimSpace(s) != "" }); i >= 0 {
		first += ": " + lines[i]
	}
	return Died, first
}

// opening keeps the beginning of what a child says.
type opening struct {
	echo io.Writer // has all of it, if not nil

	mu sync.Mutex
	b  []byte // guarded by mu
}

// maxSaid is how much of it is kept.
const maxSaid = 4 << 10

func (o *opening) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.b = append(o.b, p[:min(len(p), maxSaid-len(o.b))]...)
	if o.echo != nil {
		return o.echo.Write(p)
	}
	return len(p), nil
}

func (o *opening) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return string(o.b)
}
