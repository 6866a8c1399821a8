package agent

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bindery/bindery/node/bundles"
	"github.com/bindery/bindery/node/compiler"
	"github.com/bindery/bindery/node/dataplane"
	binderyv1 "github.com/bindery/bindery/proto/bindery/v1"
	"github.com/bindery/bindery/runtime/bundle"
	"github.com/bindery/bindery/runtime/webapi/fetch"
)

func TestMain(m *testing.M) {
	if compiler.Main() || dataplane.Main(hooks) || controlMain() {
		return
	}
	os.Exit(m.Run())
}

// hooks give the data planes of tests Workers that really end them.
var hooks = dataplane.Hooks{Outbound: func(fetch.Outbound) fetch.Outbound { return deadly{} }}

// deadly is an outbound that ends the process: fetch("http://fatal.test/") by a fatal error of Go, "http://hog.test/" by taking all memory.
type deadly struct{}

func (deadly) Fetch(_ context.Context, req *fetch.RequestData) (*fetch.ResponseData, error) {
	switch {
	case strings.HasPrefix(req.URL, "http://fatal.test/"):
		new(sync.Mutex).Unlock() //nolint:staticcheck // fatal error: sync: unlock of unlocked mutex
	case strings.HasPrefix(req.URL, "http://hog.test/"):
		for {
			taken = append(taken, bytes.Repeat([]byte{1}, 64<<20))
		}
	}
	return nil, fmt.Errorf("there is no %s", req.URL)
}

var taken [][]byte

// node is an agent with what a control process gives it.
type node struct {
	t       testing.TB
	dir     string
	bundles *bundles.Dir
	options Options
	*Agent
	log    *lines
	client *http.Client
	index  uint64
}

// lines is a log that tests can wait for.
type lines struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func newNode(t testing.TB, change func(*Options)) *node {
	t.Helper()
	dir, err := os.MkdirTemp("", "agent") // short: sockets are in it
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	n := &node{t: t, dir: dir, log: &lines{}}
	if n.bundles, err = bundles.Open(dir + "/bundles"); err != nil {
		t.Fatal(err)
	}
	n.options = Options{
		Dir: dir, HTTP: "127.0.0.1:0", Bundles: n.bundles, Logger: slog.New(slog.NewTextHandler(n.log, nil)), Drain: 5 * time.Second,
	}
	if change != nil {
		change(&n.options)
	}
	n.client = &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{}}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("log:\n%s", n.log)
		}
	})
	return n
}

// open opens the agent, which is closed with the test, and its data planes with it.
func (n *node) open() {
	n.t.Helper()
	var err error
	if n.Agent, err = Open(n.options); err != nil {
		n.t.Fatal(err)
	}
	a := n.Agent
	n.options.HTTP = n.Address()
	n.t.Cleanup(func() {
		n.client.CloseIdleConnections()
		if err := a.Close(context.Background(), true); err != nil {
			n.t.Errorf("close: %v", err)
		}
	})
}

// store puts code into the node's bundles: what follows "export default".
func (n *node) store(code string) (hash string) {
	n.t.Helper()
	b := bundle.Bundle{Name: "w.js", Code: []byte("var d = " + code + ";\nexport { d as default };\n")}
	content, err := b.Encode()
	if err != nil {
		n.t.Fatal(err)
	}
	hash = bundles.Hash(content)
	if err := n.bundles.Put(hash, bytes.NewReader(bundles.Compress(content))); err != nil {
		n.t.Fatal(err)
	}
	return hash
}

// worker is a version of a Worker at the host NAME.test, bound to others under their own names in capitals.
func (n *node) worker(name, code string, services ...string) *binderyv1.Version {
	n.t.Helper()
	v := &binderyv1.Version{Bundle: n.store(code), Config: &binderyv1.WorkerConfig{
		Name: name, Routes: []*binderyv1.Route{{Pattern: name + ".test/*"}},
	}}
	for _, s := range services {
		v.Config.Services = append(v.Config.Services, &binderyv1.ServiceBinding{Binding: strings.ToUpper(s), Service: s})
	}
	v.Id = bundles.Hash([]byte(v.String()))
	return v
}

// assignment has every Worker with a route be a root.
func (n *node) assignment(versions ...*binderyv1.Version) *binderyv1.Assignments {
	n.index++
	as := &binderyv1.Assignments{Index: n.index, Versions: versions}
	services := map[string][]string{}
	for _, v := range versions {
		for _, s := range v.Config.Services {
			services[v.Config.Name] = append(services[v.Config.Name], s.Service)
		}
	}
	for _, v := range versions {
		if len(v.Config.Routes) == 0 {
			continue
		}
		g := &binderyv1.Group{Root: v.Config.Name, Members: []string{v.Config.Name}}
		for i := 0; i < len(g.Members); i++ {
			g.Members = append(g.Members, services[g.Members[i]]...)
		}
		as.Groups = append(as.Groups, g)
	}
	return as
}

// serve assigns versions, and wants no failure.
func (n *node) serve(versions ...*binderyv1.Version) {
	n.t.Helper()
	failed, err := n.Assign(n.t.Context(), n.assignment(versions...), nil)
	if err != nil || len(failed) > 0 {
		n.t.Fatalf("assign: %v, failed: %v", err, failed)
	}
}

// get is the answer of a Worker: status and body.
func (n *node) get(host string) (int, string) {
	n.t.Helper()
	status, body, err := n.try(host)
	if err != nil {
		n.t.Fatal(err)
	}
	return status, body
}

func (n *node) try(host string) (int, string, error) {
	req, err := http.NewRequest("GET", "http://"+n.Address()+"/", nil)
	if err != nil {
		return 0, "", err
	}
	req.Host = host
	resp, err := n.client.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	return resp.StatusCode, string(b), err
}

// want wants a Worker to answer with a text.
func (n *node) want(host, want string) {
	n.t.Helper()
	if status, got := n.get(host); status != 200 || got != want {
		n.t.Fatalf("%s answers %d %q, want %q", host, status, got, want)
	}
}

// await waits until the agent's status is as wanted.
func (n *node) await(what string, ok func(Status) bool) Status {
	n.t.Helper()
	timeout := time.After(20 * time.Second)
	for {
		changed := n.Changed()
		s := n.Status()
		if ok(s) {
			return s
		}
		select {
		case <-changed:
		case <-timeout:
			n.t.Fatalf("%s did not come: %+v", what, s)
		}
	}
}

func says(text string) string { return fmt.Sprintf("{ fetch() { return new Response(%q); } }", text) }

// held is a connection that waits for an answer.
func (n *node) dial(host string) net.Conn {
	n.t.Helper()
	c, err := net.Dial("tcp", n.Address())
	if err != nil {
		n.t.Fatal(err)
	}
	fmt.Fprintf(c, "GET / HTTP/1.1\r\nHost: %s\r\n\r\n", host)
	return c
}
