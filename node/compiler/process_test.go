//go:build unix

package compiler

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/bindery/bindery/runtime/bundle"
)

// pipe makes a Worker whose source is a named pipe: whoever opens it for writing knows that a child is reading it.
func pipe(t *testing.T) (o bundle.Options, open func() *os.File) {
	t.Helper()
	o = bundle.Options{Dir: t.TempDir(), Entry: "i.js"}
	path := filepath.Join(o.Dir, o.Entry)
	if err := syscall.Mkfifo(path, 0o666); err != nil {
		t.Fatal(err)
	}
	return o, func() *os.File {
		f, err := os.OpenFile(path, os.O_WRONLY, 0)
		if err != nil {
			t.Error(err)
		}
		return f
	}
}

// kill kills the child, which may be at work, and waits until it is gone.
func kill(c *Compiler) {
	p := c.process.Load()
	p.kill()
	<-p.done
}

func TestKilledInTheMiddleOfABuild(t *testing.T) {
	for _, kills := range []int{1, 2} {
		c := start(t, Limits{})
		builds(t, c)
		o, open := pipe(t)
		done := make(chan error, 1)
		go func() {
			_, err := c.Build(t.Context(), "w", o)
			done <- err
		}()
		for range kills {
			f := open()
			kill(c)
			f.Close()
		}
		if kills == 1 {
			f := open()
			if _, err := f.WriteString(good); err != nil {
				t.Error(err)
			}
			f.Close()
			if err := <-done; err != nil {
				t.Errorf("the build was not tried again: %v", err)
			}
			continue
		}
		err := <-done
		var e *Error
		if !errors.As(err, &e) || e.Cause != Died || err.Error() != "the compiler was ended twice: signal: killed" {
			t.Errorf("got %v", err)
		}
		builds(t, c)
	}
}

func TestKilledBetweenBuilds(t *testing.T) {
	c := start(t, Limits{})
	for range 3 {
		builds(t, c)
		if err := syscall.Kill(pid(c), syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
	}
	builds(t, c)
}

func TestHangs(t *testing.T) {
	c := start(t, Limits{})
	builds(t, c)
	c.limits.Wall = 2 * time.Second
	o, open := pipe(t)
	opened := make(chan *os.File, 1)
	go func() { opened <- open() }()
	_, err := c.Build(t.Context(), "w", o)
	reader, openErr := os.OpenFile(filepath.Join(o.Dir, o.Entry), os.O_RDONLY|syscall.O_NONBLOCK, 0) // if the child didn't get so far
	if openErr != nil {
		t.Fatal(openErr)
	}
	(<-opened).Close()
	reader.Close()
	var e *Error
	if !errors.As(err, &e) || e.Cause != Wall || len(e.Files) != 1 {
		t.Errorf("got %v", err)
	}
	c.limits.Wall = time.Minute
	builds(t, c)
}

func TestClosedInTheMiddleOfABuild(t *testing.T) {
	c := New(Limits{})
	o, open := pipe(t)
	done := make(chan error, 1)
	go func() {
		_, err := c.Build(t.Context(), "w", o)
		done <- err
	}()
	f := open()
	c.Close()
	f.Close()
	if err := <-done; !errors.Is(err, ErrClosed) {
		t.Errorf("got %v", err)
	}
}

// A child has nothing of its parent but three pipes.
func TestWhatAChildHas(t *testing.T) {
	t.Setenv("SECRET_TOKEN", "hush")
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	c := start(t, Limits{})
	builds(t, c)
	id := pid(c)
	if group, err := syscall.Getpgid(id); err != nil || group != id {
		t.Errorf("its process group is %d (%v): an interrupt from the terminal reaches it", group, err)
	}
	if runtime.GOOS != "linux" {
		return
	}
	env, err := os.ReadFile(fmt.Sprintf("/proc/%d/environ", id))
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range strings.Split(strings.TrimRight(string(env), "\x00"), "\x00") {
		name, _, _ := strings.Cut(v, "=")
		switch name {
		case childVariable, "GODEBUG", "GOMAXPROCS", "BINDERY_ENGINE", traceVariable:
		default:
			t.Errorf("its environment has %s", v)
		}
	}
	files, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", id))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if to, err := os.Readlink(fmt.Sprintf("/proc/%d/fd/%s", id, f.Name())); err == nil && strings.HasPrefix(to, "socket:") {
			t.Errorf("it has descriptor %s, %s", f.Name(), to)
		}
	}
}

// A child dies with its parent, however that dies.
func TestDiesWithItsParent(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	parent := exec.Command(self)
	parent.Env = append(os.Environ(), parentVariable+"=1")
	in, err := parent.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out, err := parent.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	var id int
	if _, err := fmt.Fscan(bufio.NewReader(out), &id); err != nil {
		t.Fatal(err)
	}
	if err := parent.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = parent.Wait()
	deadline := time.After(20 * time.Second)
	ticks := time.NewTicker(10 * time.Millisecond)
	defer ticks.Stop()
	for !gone(id) {
		select {
		case <-ticks.C:
		case <-deadline:
			t.Fatalf("process %d is still there", id)
		}
	}
}

// gone reports whether a process has ended, waited for or not.
func gone(id int) bool {
	if syscall.Kill(id, 0) != nil {
		return true
	}
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", id))
	return err == nil && strings.Contains(string(stat), ") Z ")
}
