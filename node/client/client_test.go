package client_test

import (
	"context"
	"errors"
	"io"
	"log"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/bindery/bindery/node/client"
	"github.com/bindery/bindery/node/compiler"
	"github.com/bindery/bindery/node/daemon"
	binderyv1 "github.com/bindery/bindery/proto/bindery/v1"
)

func TestMain(m *testing.M) {
	if compiler.Main() {
		return
	}
	os.Exit(m.Run())
}

// nobody is an agent that says that it serves, and doesn't.
type nobody struct {
	state   chan daemon.AgentState
	changed chan struct{}
}

func newNobody(daemon.AgentOptions) (daemon.Agent, error) {
	n := &nobody{state: make(chan daemon.AgentState, 1), changed: make(chan struct{}, 1)}
	n.state <- daemon.AgentState{HTTP: "127.0.0.1:1", PID: 1}
	return n, nil
}

func (n *nobody) Assign(a *binderyv1.Assignments) {
	s := <-n.state
	s.Index = a.GetIndex()
	n.state <- s
	select {
	case n.changed <- struct{}{}:
	default:
	}
}

func (n *nobody) State() (daemon.AgentState, <-chan struct{}) {
	s := <-n.state
	n.state <- s
	return s, n.changed
}

func (*nobody) Stop(<-chan struct{}) {}
func (*nobody) Detach()              {}

// startCluster runs a node without data planes, and gives the file of its context.
func startCluster() (where string, stop func()) {
	dir, err := os.MkdirTemp("", "bindery-client")
	if err != nil {
		log.Fatal(err)
	}
	checker := compiler.NewChecker(compiler.Limits{})
	ctx, cancel := context.WithCancel(context.Background())
	ready, done := make(chan struct{}), make(chan error, 1)
	go func() {
		done <- daemon.Run(ctx, daemon.Options{
			Data: dir, Name: "n1", HTTP: "127.0.0.1:0", Cluster: "127.0.0.1:0", Peer: "127.0.0.1:0", Gossip: "127.0.0.1:0",
			Checker: checker, Start: newNobody, Logger: slog.New(slog.NewTextHandler(io.Discard, nil)),
			Ready: func(daemon.File) { close(ready) },
		})
	}()
	select {
	case <-ready:
	case err := <-done:
		log.Fatal(err)
	}
	return filepath.Join(dir, "context.json"), func() {
		cancel()
		if err := <-done; err != nil {
			log.Print(err)
		}
		checker.Close()
		_ = os.RemoveAll(dir)
	}
}

func TestContexts(t *testing.T) {
	home := t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", home)
	t.Setenv("HOME", home)
	var none *client.NoContextError
	if _, err := client.Load(""); !errors.As(err, &none) {
		t.Fatal(err)
	}
	c := &client.Context{Name: "n1", Cluster: "0123456789", Servers: []string{"127.0.0.1:1"}, CA: "a", Cert: "b", Key: "c"}
	if err := c.Keep(true); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"", "n1"} {
		if got, err := client.Load(name); err != nil || got.Cluster != c.Cluster {
			t.Errorf("%q: %v %v", name, got, err)
		}
	}
	path, err := client.File("n1")
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info.Mode(), err)
	}
	// One of another cluster does not take its place.
	other := *c
	other.Cluster = "abcdefgh"
	if err := other.Keep(true); err != nil || other.Name != "n1-abcdef" {
		t.Fatalf("%v %v", other.Name, err)
	}
	if got, err := client.Load("n1"); err != nil || got.Cluster != c.Cluster {
		t.Errorf("%v %v", got, err)
	}
	if got, err := client.Load(""); err != nil || got.Cluster != other.Cluster {
		t.Errorf("%v %v", got, err)
	}
	for _, name := range []string{"../n1", "nobody", "a b"} {
		if _, err := client.Load(name); err == nil {
			t.Errorf("%q was read", name)
		}
	}
	if _, err := client.Load("nobody"); !errors.As(err, &none) || !strings.Contains(err.Error(), "it has n1, n1-abcdef") {
		t.Error(err)
	}
}

// A client of another cluster is told that it is one, at once.
func TestAnotherCluster(t *testing.T) {
	one, stop := startCluster()
	defer stop()
	two, stop2 := startCluster()
	defer stop2()
	a, err := client.Load(one)
	if err != nil {
		t.Fatal(err)
	}
	b, err := client.Load(two)
	if err != nil {
		t.Fatal(err)
	}
	a.Servers = b.Servers
	cl, err := client.New(a, client.Options{Patience: 200 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	defer cl.Close()
	_, _, err = cl.Status(context.Background())
	if status.Code(err) != codes.Unavailable || !strings.Contains(err.Error(), "no node of this cluster") {
		t.Fatal(err)
	}
}
