package daemon

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bindery/bindery/node/client"
	"github.com/bindery/bindery/node/compiler"
	"github.com/bindery/bindery/node/identity"
	"github.com/bindery/bindery/node/seal"
	binderyv1 "github.com/bindery/bindery/proto/bindery/v1"
)

// fakeAgent serves nothing, and says what it is told to say.
type fakeAgent struct {
	mu       sync.Mutex
	state    AgentState    // guarded by mu
	changed  chan struct{} // guarded by mu
	stopped  bool          // guarded by mu
	detached bool          // guarded by mu
}

func (f *fakeAgent) Assign(a *binderyv1.Assignments) {
	f.set(func(s *AgentState) { s.Index = a.GetIndex() })
}

func (f *fakeAgent) State() (AgentState, <-chan struct{}) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.state, f.changed
}

func (f *fakeAgent) Stop(<-chan struct{}) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.stopped = true
}

func (f *fakeAgent) Detach() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.detached = true
}

func (f *fakeAgent) set(change func(*AgentState)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change(&f.state)
	close(f.changed)
	f.changed = make(chan struct{})
}

// lenient finds nothing wrong with any code.
type lenient struct{}

func (lenient) Check(_ context.Context, candidates []compiler.Candidate) []compiler.Finding {
	return make([]compiler.Finding, len(candidates))
}

func (lenient) Prepare() {}

// running is a node in this process.
type running struct {
	t     *testing.T
	agent *fakeAgent
	file  File
	stop  func() error
}

// run runs a node on dir until stop is called. It fails the test where the node does not get ready.
func run(t *testing.T, dir string, change func(*Options)) *running {
	t.Helper()
	r, err := tryRun(t, dir, change)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func tryRun(t *testing.T, dir string, change func(*Options)) (*running, error) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ready, done := make(chan File, 1), make(chan error, 1)
	r := &running{t: t, agent: &fakeAgent{changed: make(chan struct{})}}
	o := Options{
		Data: dir, Name: "n1", HTTP: "127.0.0.1:0", Cluster: "127.0.0.1:0", Peer: "127.0.0.1:0", Gossip: "127.0.0.1:0", KeepContext: true,
		Start: func(o AgentOptions) (Agent, error) {
			l, err := net.Listen("tcp", o.HTTP)
			if err != nil {
				return nil, err
			}
			defer l.Close()
			r.agent.state.HTTP, r.agent.state.PID = l.Addr().String(), 4711
			return r.agent, nil
		},
		Checker: lenient{},
		Ready:   func(f File) { ready <- f },
	}
	if change != nil {
		change(&o)
	}
	go func() { done <- Run(ctx, o) }()
	r.stop = sync.OnceValue(func() error {
		cancel()
		return <-done
	})
	t.Cleanup(func() { _ = r.stop() })
	select {
	case r.file = <-ready:
		return r, nil
	case err := <-done:
		done <- err
		cancel()
		return nil, err
	case <-time.After(patience):
		t.Fatal("the node did not get ready")
		return nil, nil
	}
}

// told waits until node.json is so.
func told(t *testing.T, dir string, so func(File) bool) {
	t.Helper()
	var f File
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(2 * time.Millisecond) { // another goroutine writes a file
		b, err := os.ReadFile(filepath.Join(dir, "node.json"))
		if err != nil {
			continue
		}
		if err := json.Unmarshal(b, &f); err != nil {
			t.Fatalf("it was seen half written: %q", b)
		}
		if so(f) {
			return
		}
	}
	t.Fatalf("node.json has %+v", f)
}

func TestNodeFileIsKeptTrue(t *testing.T) {
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	dir := t.TempDir()
	n := run(t, dir, nil)
	if n.file.Name != "n1" || n.file.PID != os.Getpid() || n.file.DataPlanePID != 4711 {
		t.Fatalf("%+v", n.file)
	}
	for _, a := range []string{n.file.HTTP, n.file.Cluster, n.file.Peer, n.file.Gossip} {
		if host, port, err := net.SplitHostPort(a); err != nil || host != "127.0.0.1" || port == "0" {
			t.Errorf("%q is no address that was found", a)
		}
	}
	told(t, dir, func(f File) bool { return f == n.file })
	n.agent.set(func(s *AgentState) { s.PID = 0 }) // it died
	told(t, dir, func(f File) bool { return f.DataPlanePID == 0 })
	n.agent.set(func(s *AgentState) { s.PID = 4712 })
	told(t, dir, func(f File) bool { return f.DataPlanePID == 4712 })
	if err := n.stop(); err != nil || !n.agent.stopped {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "node.json")); err == nil {
		t.Fatal("node.json is there after the end")
	}
}

func TestPortsAndIdentityAreKept(t *testing.T) {
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	dir := t.TempDir()
	n := run(t, dir, nil)
	first := n.file
	told(t, dir, func(File) bool { // until it is part of its cluster
		b, _ := os.ReadFile(filepath.Join(dir, "identity.json"))
		return strings.Contains(string(b), `"begun": true`)
	})
	if err := n.stop(); err != nil {
		t.Fatal(err)
	}
	n = run(t, dir, func(o *Options) { o.Name = "" })
	if n.file != first {
		t.Fatalf("%+v, and was %+v", n.file, first)
	}
	if err := n.stop(); err != nil {
		t.Fatal(err)
	}
	var option *OptionError
	if _, err := tryRun(t, dir, func(o *Options) { o.Name = "other" }); !errors.As(err, &option) {
		t.Fatalf("it got another name: %v", err)
	}
	// Where its state is gone it does not begin anew.
	if err := os.RemoveAll(filepath.Join(dir, "raft")); err != nil {
		t.Fatal(err)
	}
	var lost *DataError
	if _, err := tryRun(t, dir, nil); !errors.As(err, &lost) || lost.Path != filepath.Join(dir, "raft") {
		t.Fatal(err)
	}
}

func TestTakenPorts(t *testing.T) {
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	var listen *ListenError
	if _, err := tryRun(t, t.TempDir(), func(o *Options) { o.Cluster = taken.Addr().String() }); !errors.As(err, &listen) || listen.What != "cluster" {
		t.Fatal(err)
	}
	r := &record{Ports: map[string]string{}}
	a, err := r.ask("cluster", "", taken.Addr().String()) // a default port
	if err != nil {
		t.Fatal(err)
	}
	l, changed, err := r.listen(a)
	if err != nil || !changed {
		t.Fatal(changed, err)
	}
	_ = l.Close()
	again, err := r.ask("cluster", "", taken.Addr().String())
	if err != nil || again.addr != l.Addr().String() {
		t.Fatalf("%v %v, and %v was found", again, err, l.Addr())
	}
}

func TestTwoOnOneDirectory(t *testing.T) {
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	dir := t.TempDir()
	n := run(t, dir, nil)
	var locked *LockedError
	if _, err := tryRun(t, dir, nil); !errors.As(err, &locked) || locked.PID == "" {
		t.Fatal(err)
	}
	told(t, dir, func(f File) bool { return f == n.file })
}

func TestContexts(t *testing.T) {
	home := t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", home)
	dir := t.TempDir()
	n := run(t, dir, nil)
	for _, path := range []string{filepath.Join(dir, "context.json"), filepath.Join(home, "bindery", "contexts", "n1.json")} {
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Fatalf("%s: %v %v", path, info, err)
		}
		c, err := client.Load(path)
		if err != nil || c.Servers[0] != n.file.Cluster {
			t.Fatalf("%+v %v", c, err)
		}
		cl, err := client.New(c, client.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if s, _, err := cl.Status(t.Context()); err != nil || len(s.GetNodes()) != 1 {
			t.Fatalf("%v %v", s, err)
		}
		_ = cl.Close()
	}
	before, err := os.ReadFile(filepath.Join(dir, "context.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := n.stop(); err != nil {
		t.Fatal(err)
	}
	n = run(t, dir, nil)
	if after, err := os.ReadFile(filepath.Join(dir, "context.json")); err != nil || string(after) != string(before) {
		t.Fatal("the context is another one after a restart")
	}
	_ = n.stop()
	// A second cluster whose node has the same name gets a context of its own, and is the current one.
	two := run(t, t.TempDir(), nil)
	c, err := client.Load("")
	if err != nil || c.Servers[0] != two.file.Cluster || c.Name == "n1" {
		t.Fatalf("%+v %v", c, err)
	}
	if c, err := client.Load("n1"); err != nil || c.Servers[0] == two.file.Cluster {
		t.Fatalf("%+v %v", c, err)
	}
}

// A node's certificate names the hosts by which it is reached, and follows them.
func TestCertificateNamesHosts(t *testing.T) {
	r := &record{Cluster: "c1", ID: "1", Name: "n1"}
	dir := t.TempDir()
	load := func(o Options) *credentials {
		c, err := loadCredentials(dir, r, hosts(o), time.Now())
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	one := load(Options{})
	for _, host := range []string{"localhost", "127.0.0.1", "::1"} {
		if err := one.own.Load().Leaf.VerifyHostname(host); err != nil {
			t.Error(err)
		}
	}
	same := load(Options{})
	if !same.own.Load().Leaf.Equal(one.own.Load().Leaf) {
		t.Error("another certificate was made for nothing")
	}
	moved := load(Options{Advertise: "n1.example.com", Cluster: "10.1.2.3:0"})
	for _, host := range []string{"n1.example.com", "10.1.2.3"} {
		if err := moved.own.Load().Leaf.VerifyHostname(host); err != nil {
			t.Error(err)
		}
	}
	who, err := identity.Of(moved.own.Load().Leaf)
	if err != nil || who != one.who {
		t.Error(who, err)
	}
	late, err := loadCredentials(dir, r, hosts(Options{}), time.Now().Add(identity.NodeLifetime*3/4))
	if err != nil || late.own.Load().Leaf.Equal(moved.own.Load().Leaf) {
		t.Error("a certificate that is about to end was kept", err)
	}
}

func TestSealingKeyOfAnother(t *testing.T) {
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	dir := t.TempDir()
	n := run(t, dir, nil)
	cl := dialNode(t, dir)
	if _, err := cl.PutSecret(t.Context(), &binderyv1.PutSecretRequest{RequestId: "1", Worker: "w", Name: "S", Value: []byte("x"), Create: true}); err != nil {
		t.Fatal(err)
	}
	if err := n.stop(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "sealing.key")
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if _, err := seal.Load(path, true); err != nil {
		t.Fatal(err)
	}
	n, err := tryRun(t, dir, nil)
	if err == nil { // it got ready before the state was read
		for deadline := time.Now().Add(patience); time.Now().Before(deadline) && !n.gone(); time.Sleep(2 * time.Millisecond) {
		}
		err = n.stop()
	}
	var wrong *DataError
	if !errors.As(err, &wrong) || wrong.Path != path {
		t.Fatal(err)
	}
}

// gone reports whether the node has left what serves to itself: it ended because something broke.
func (r *running) gone() bool {
	r.agent.mu.Lock()
	defer r.agent.mu.Unlock()
	return r.agent.detached
}

func dialNode(t *testing.T, dir string) *client.Client {
	t.Helper()
	c, err := client.Load(filepath.Join(dir, "context.json"))
	if err != nil {
		t.Fatal(err)
	}
	cl, err := client.New(c, client.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cl.Close() })
	return cl
}
