//go:build unix

package agent

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/bindery/bindery/node/bundles"
	"github.com/bindery/bindery/node/compiler"
	binderyv1 "github.com/bindery/bindery/proto/bindery/v1"
)

// controlVariable has the options of a control process that a test starts, to kill it.
const controlVariable = "BINDERY_TEST_CONTROL"

type controlOptions struct{ Dir, HTTP, Program string }

// controlMain is a control process: an agent that says what it is at, until it is killed, or its input ends.
func controlMain() bool {
	text := os.Getenv(controlVariable)
	if text == "" {
		return false
	}
	_ = os.Unsetenv(controlVariable)
	var c controlOptions
	if err := json.Unmarshal([]byte(text), &c); err != nil {
		panic(err)
	}
	b, err := bundles.Open(filepath.Join(c.Dir, "bundles"))
	if err != nil {
		panic(err)
	}
	a, err := Open(Options{
		Dir: c.Dir, HTTP: c.HTTP, Bundles: b, Program: c.Program,
		Logger: slog.New(slog.NewTextHandler(os.Stderr, nil)), Drain: 5 * time.Second,
	})
	if err != nil {
		panic(err)
	}
	for s := a.Status(); !s.Serving; s = a.Status() {
		<-a.Changed()
	}
	line, _ := json.Marshal(a.Status())
	fmt.Printf("%s\n", line)
	_, _ = io.Copy(io.Discard, os.Stdin)
	_ = a.Close(context.Background(), true)
	return true
}

// control starts a control process on the node's directory and gives its status when it serves.
func (n *node) control(program string) (cmd *exec.Cmd, s Status) {
	n.t.Helper()
	text, err := json.Marshal(controlOptions{Dir: n.dir, HTTP: n.options.HTTP, Program: program})
	if err != nil {
		n.t.Fatal(err)
	}
	cmd = exec.Command("/proc/self/exe")
	cmd.Env = append(os.Environ(), controlVariable+"="+string(text))
	cmd.Stderr = n.log
	cmd.WaitDelay = time.Millisecond // the data plane has it, too
	if _, err := cmd.StdinPipe(); err != nil {
		n.t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		n.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		n.t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err != nil {
		n.t.Fatalf("the control process said nothing: %v", err)
	}
	if err := json.Unmarshal(line, &s); err != nil {
		n.t.Fatal(err)
	}
	return cmd, s
}

// kill ends a process without a word and waits for its end.
func kill(t testing.TB, cmd *exec.Cmd) {
	t.Helper()
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // says that it was killed
}

// load asks for host on several connections until stop is called, which gives how many answers came; wrong is told of others.
func (n *node) load(host string, wrong func(string)) (stop func() int64) {
	var served atomic.Int64
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for ctx.Err() == nil {
				status, body, err := n.try(host)
				if err != nil || status != 200 {
					wrong(fmt.Sprint(status, " ", body, " ", err))
					continue
				}
				served.Add(1)
			}
		})
	}
	return func() int64 {
		cancel()
		wg.Wait()
		return served.Load()
	}
}

func TestControlProcessIsKilled(t *testing.T) {
	n := newNode(t, nil)
	n.options.Program = "test"
	n.open()
	n.serve(n.worker("hello", says("hello")))
	old := n.main.plane.process
	if err := n.Close(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	n.client.Timeout = 10 * time.Second
	n.want("hello.test", "hello")
	first, s := n.control("test")
	if !s.Adopted || s.Starts != 0 || s.HTTP != n.options.HTTP {
		t.Errorf("the data plane was not adopted: %+v", s)
	}
	stop := n.load("hello.test", func(what string) { t.Error("a request noticed:", what) })
	pid := s.PID
	kill(t, first)
	n.want("hello.test", "hello")
	second, s := n.control("test")
	if !s.Adopted || s.PID != pid || s.Index != 1 {
		t.Errorf("the data plane was not adopted: %+v, pid was %d", s, pid)
	}
	// Another program: a new data plane takes the place of the old one.
	kill(t, second)
	third, s := n.control("newer")
	if s.Adopted || s.PID == pid {
		t.Errorf("the data plane of an older program was adopted: %+v, pid was %d", s, pid)
	}
	for range 100 {
		n.want("hello.test", "hello")
	}
	old.Wait()
	if served := stop(); served == 0 {
		t.Error("nothing was served")
	}
	kill(t, third)
	n.options.Program = "newer"
	n.open()
	if s := n.await("serving", func(s Status) bool { return s.Serving }); !s.Adopted {
		t.Errorf("not adopted: %+v", s)
	}
}

// again is within which time the first Worker answers when the data plane was killed. With the race detector the program alone takes longer to start.
func again() time.Duration {
	if info, ok := debug.ReadBuildInfo(); ok && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"}) {
		return 5 * time.Second
	}
	return time.Second
}

func TestDataPlaneIsKilled(t *testing.T) {
	n := newNode(t, nil)
	n.open()
	hello := n.worker("hello", says("hello"))
	hello.Checked = compiler.Identity(compiler.Limits{}) // as a release has it
	n.serve(
		hello,
		n.worker("slow", `{ async fetch() { await new Promise((r) => setTimeout(r, 60_000)); return new Response("late"); } }`),
	)
	n.want("hello.test", "hello")
	inside := n.dial("slow.test") // a request that is lost
	defer inside.Close()
	pid := n.Status().PID
	for killed := range 3 {
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		n.client.CloseIdleConnections()
		n.want("hello.test", "hello")
		if took := time.Since(began); took > again() {
			t.Errorf("served again after %v, and %v are the most", took, again())
		}
		s := n.await("a new data plane", func(s Status) bool { return s.PID != 0 && s.PID != pid && s.Serving })
		if s.Starts != killed+2 || len(s.HeldBack) > 0 {
			t.Errorf("after a death: %+v", s)
		}
		pid = s.PID
	}
	if _, err := http.ReadResponse(bufio.NewReader(inside), nil); err == nil {
		t.Error("a request outlived its data plane")
	}
}

// What is kept alive ends by itself, what waits in the backlog is served.
func TestConnectionsWaitInTheBacklog(t *testing.T) {
	n := newNode(t, nil)
	n.open()
	n.serve(n.worker("hello", says("hello")))
	n.want("hello.test", "hello")
	pid := n.Status().PID
	if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil { // it accepts nothing any more
		t.Fatal(err)
	}
	for state := ""; !strings.HasPrefix(state, "T"); {
		b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if err != nil {
			t.Fatal(err)
		}
		_, state, _ = strings.Cut(string(b), ") ")
	}
	var waiting []net.Conn
	for range 100 {
		waiting = append(waiting, n.dial("hello.test"))
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	for i, c := range waiting {
		_ = c.SetDeadline(time.Now().Add(10 * time.Second))
		resp, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil {
			t.Fatalf("connection %d: %v", i, err)
		}
		if b, _ := io.ReadAll(resp.Body); string(b) != "hello" {
			t.Errorf("connection %d: %s", i, b)
		}
		c.Close()
	}
}

func TestSwapIsAtomic(t *testing.T) {
	n := newNode(t, nil)
	n.open()
	// The outer and the inner Worker of one answer are always of the same release.
	release := func(i int) {
		inner := n.worker("inner", says(fmt.Sprint(i)))
		inner.Config.Routes = nil
		n.serve(inner, n.worker("outer", fmt.Sprintf(`{ async fetch(r, env) {
			await new Promise((r) => setTimeout(r, 1));
			return new Response("%d " + await (await env.INNER.fetch(r)).text());
		} }`, i), "inner"))
	}
	release(0)
	var last atomic.Int64
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for ctx.Err() == nil {
				at := last.Load()
				_, body, err := n.try("outer.test")
				var outer, inner int64
				if _, scan := fmt.Sscan(body, &outer, &inner); err != nil || scan != nil || outer != inner || outer < at {
					t.Errorf("got %q %v, and release %d is served", body, err, at)
				}
			}
		})
	}
	for i := range 10 {
		release(i + 1)
		last.Store(int64(i + 1))
	}
	cancel()
	wg.Wait()
}

func TestMemoryCeiling(t *testing.T) {
	n := newNode(t, func(o *Options) { o.Memory = 256 << 20 })
	n.open()
	n.serve(n.worker("hello", says("hello")), n.worker("hog", `{ async fetch() { return fetch("http://hog.test/"); } }`))
	n.want("hello.test", "hello")
	n.client.CloseIdleConnections() // a request on a new one is not tried again
	if status, _, err := n.try("hog.test"); err == nil && status == 200 {
		t.Error("it took all memory and went on")
	}
	n.client.CloseIdleConnections()
	n.want("hello.test", "hello")
	s := n.await("a new data plane", func(s Status) bool { return s.Starts > 1 && s.Serving })
	if said := n.log.String(); !strings.Contains(said, "memory ceiling passed") && !strings.Contains(said, "failed to allocate") {
		t.Errorf("nobody says why: %+v", s)
	}
}

// once asks for a Worker on a connection of its own: what is lost is not tried again.
func (n *node) once(host string) (status int, body string) {
	c := n.dial(host)
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(10 * time.Second))
	resp, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		return 0, err.Error()
	}
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		return 0, err.Error()
	}
	return resp.StatusCode, string(b)
}

func TestPoison(t *testing.T) {
	n := newNode(t, nil)
	n.open()
	poison := n.worker("poison", `{ async fetch() { return fetch("http://fatal.test/"); } }`)
	poison.Config.Routes = nil
	gateway := n.worker("gateway", `{ async fetch(r, env) {
		if (r.headers.get("host") == "safe.test") return new Response("safe " + r.headers.get("cf-connecting-ip"));
		return env.POISON.fetch(r);
	} }`, "poison")
	gateway.Config.Routes = append(gateway.Config.Routes, &binderyv1.Route{Pattern: "safe.test/*"})
	hello := n.worker("hello", says("hello"))
	n.serve(hello, gateway, poison)
	n.want("hello.test", "hello")
	n.want("safe.test", "safe 127.0.0.1")

	if status, body := n.once("gateway.test"); status != 0 {
		t.Fatalf("it did not die: %d %s", status, body)
	}
	s := n.await("quarantine", func(s Status) bool { return s.Starts == 2 && s.Serving && s.SuspectsPID != 0 && len(s.HeldBack) == 1 })
	if h := s.HeldBack[0]; h.Worker != "poison" || h.Version != poison.Id || !h.Quarantined || !strings.Contains(h.Reason, "unlock of unlocked mutex") {
		t.Errorf("suspected: %v", h)
	}
	pid := s.PID
	n.want("hello.test", "hello")
	n.want("safe.test", "safe 127.0.0.1") // through the other process

	if status, body := n.once("gateway.test"); status != http.StatusBadGateway {
		t.Errorf("the second time: %d %s", status, body)
	}
	s = n.await("held back", func(s Status) bool {
		return len(s.HeldBack) == 1 && !s.HeldBack[0].Quarantined && s.Serving && s.SuspectsPID == 0
	})
	if s.PID != pid || s.Starts != 2 {
		t.Errorf("the data plane that serves all died with it: %+v", s)
	}
	n.want("hello.test", "hello")
	n.want("safe.test", "safe 127.0.0.1")
	if status, body := n.once("gateway.test"); status != 500 {
		t.Errorf("it is held back, and its caller is told: %d %s", status, body)
	}
	// A root that is held back says so itself; and that it is, is known from elsewhere as well as from disk.
	if err := n.Close(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	n.open()
	s = n.await("serving", func(s Status) bool { return s.Serving })
	if len(s.HeldBack) != 1 || s.HeldBack[0].Version != poison.Id {
		t.Errorf("after a start: %+v", s)
	}
	as := n.assignment(hello, gateway, poison)
	as.HeldBack = []*binderyv1.HeldBack{{Worker: "hello", Version: hello.Id, Reason: "another node says so"}}
	if _, err := n.Assign(t.Context(), as, nil); err != nil {
		t.Fatal(err)
	}
	if status, body := n.once("hello.test"); status != 503 || body != "Worker \"hello\" is held back: another node says so.\n" {
		t.Errorf("got %d %q", status, body)
	}
	// A new version is another one.
	n.serve(hello, n.worker("gateway", says("mended")))
	n.want("hello.test", "hello")
	n.want("gateway.test", "mended")
	if s := n.Status(); len(s.HeldBack) > 0 {
		t.Errorf("after a new version: %v", s.HeldBack)
	}
}
