// Package node_test runs nodes as a user does, as processes of their own, and does to them what happens to nodes: they are killed, their files
// are damaged, their disk is full, and whoever reaches their ports says what he likes.
//
// BINDERY_BINARY names a program that has been built already.
package node_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/bindery/bindery/node/bundles"
	"github.com/bindery/bindery/node/client"
	"github.com/bindery/bindery/node/daemon"
	binderyv1 "github.com/bindery/bindery/proto/bindery/v1"
	"github.com/bindery/bindery/runtime/bundle"
)

var binary = os.Getenv("BINDERY_BINARY")

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "bindery-node")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if binary == "" {
		binary = filepath.Join(dir, "bindery")
		if out, err := exec.Command("go", "build", "-o", binary, "../../cmd/bindery").CombinedOutput(); err != nil {
			fmt.Fprintf(os.Stderr, "build: %v\n%s", err, out)
			os.Exit(1)
		}
	}
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// patience is how long anything may take that happens by itself.
const patience = 30 * time.Second

// node is a node under test.
type node struct {
	t    testing.TB
	dir  string // its data directory
	home string // the user's configuration directory
	cmd  *exec.Cmd
	file daemon.File
	out  *output
}

// output is what a process said.
type output struct {
	mu sync.Mutex
	b  bytes.Buffer // guarded by mu
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.String()
}

// newNode starts a node on a new directory. It is ended with the test, with all that it started.
func newNode(t testing.TB, args ...string) *node {
	t.Helper()
	n := &node{t: t, dir: filepath.Join(t.TempDir(), "n"), home: t.TempDir()}
	t.Cleanup(n.end)
	n.start(args...)
	return n
}

// start starts the process and waits until it is ready.
func (n *node) start(args ...string) {
	n.t.Helper()
	n.launch(args...)
	deadline := time.Now().Add(patience)
	for {
		b, err := os.ReadFile(filepath.Join(n.dir, "node.json"))
		if err == nil {
			var f daemon.File
			if err := json.Unmarshal(b, &f); err != nil {
				n.t.Fatalf("node.json: %v\n%s", err, b)
			}
			if f.PID == n.cmd.Process.Pid && f.DataPlanePID > 0 {
				n.file = f
				return
			}
		}
		if n.cmd.ProcessState != nil || time.Now().After(deadline) {
			n.t.Fatalf("the node did not get ready:\n%s", n.out)
		}
		pause()
	}
}

// launch starts the process.
func (n *node) launch(args ...string) {
	n.t.Helper()
	free := []string{"node", "--data", n.dir, "--name", "n1"}
	for _, port := range []string{"--http", "--cluster", "--peer", "--gossip"} {
		free = append(free, port, "127.0.0.1:0")
	}
	n.out = &output{}
	n.cmd = exec.Command(binary, append(free, args...)...)
	n.cmd.Env = append(os.Environ(), "XDG_CONFIG_HOME="+n.home, "NO_COLOR=1")
	n.cmd.Stdout, n.cmd.Stderr = n.out, n.out
	n.cmd.WaitDelay = 100 * time.Millisecond // the data plane has its output, too, and may live on
	if err := n.cmd.Start(); err != nil {
		n.t.Fatal(err)
	}
}

// pause is between two looks at something that tells nobody when it changes: another process.
func pause() { time.Sleep(10 * time.Millisecond) }

// kill ends the control process at once.
func (n *node) kill() {
	n.t.Helper()
	_ = n.cmd.Process.Kill()
	_ = n.cmd.Wait()
}

// stop ends the node as a user does, and wants an exit code.
func (n *node) stop() {
	n.t.Helper()
	_ = n.cmd.Process.Signal(syscall.SIGTERM)
	if code := n.exit(); code != 0 {
		n.t.Fatalf("exit code %d:\n%s", code, n.out)
	}
}

// exit waits for the end of the process.
func (n *node) exit() int {
	timer := time.AfterFunc(patience, func() { _ = n.cmd.Process.Kill() })
	defer timer.Stop()
	_ = n.cmd.Wait()
	return n.cmd.ProcessState.ExitCode()
}

// end kills what is left.
func (n *node) end() {
	if n.cmd != nil && n.cmd.ProcessState == nil {
		n.kill()
	}
	var f daemon.File
	if b, err := os.ReadFile(filepath.Join(n.dir, "node.json")); err == nil && json.Unmarshal(b, &f) == nil && f.DataPlanePID > 0 {
		_ = syscall.Kill(f.DataPlanePID, syscall.SIGKILL)
	}
	if n.t.Failed() && n.out != nil {
		n.t.Logf("the node said:\n%s", n.out)
	}
}

// client is a client of the node, with the context that it wrote.
func (n *node) client() *client.Client {
	n.t.Helper()
	return n.impatient(0)
}

func (n *node) impatient(patience time.Duration) *client.Client {
	n.t.Helper()
	c, err := client.Load(filepath.Join(n.dir, "context.json"))
	if err != nil {
		n.t.Fatal(err)
	}
	cl, err := client.New(c, client.Options{Patience: patience})
	if err != nil {
		n.t.Fatal(err)
	}
	n.t.Cleanup(func() { _ = cl.Close() })
	return cl
}

// run runs a command against the node.
func (n *node) run(args ...string) (stdout, stderr string, code int) {
	n.t.Helper()
	return n.runWith("", args...)
}

// runWith runs a command with standard input.
func (n *node) runWith(stdin string, args ...string) (stdout, stderr string, code int) {
	n.t.Helper()
	cmd := exec.Command(binary, args...)
	cmd.Stdin = strings.NewReader(stdin)
	cmd.Env = append(os.Environ(), "BINDERY_CONTEXT="+filepath.Join(n.dir, "context.json"), "NO_COLOR=1")
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	_ = cmd.Run()
	return out.String(), errs.String(), cmd.ProcessState.ExitCode()
}

// get asks a Worker, and gives status and body.
func (n *node) get(path string) (int, string, error) {
	resp, err := httpClient.Get("http://" + n.file.HTTP + path)
	if err != nil {
		return 0, "", err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	return resp.StatusCode, string(b), err
}

var httpClient = &http.Client{Timeout: patience, Transport: &http.Transport{MaxIdleConnsPerHost: 64}}

// want asks until the answer is this one.
func (n *node) want(path, body string) {
	n.t.Helper()
	deadline := time.Now().Add(patience)
	for {
		status, got, err := n.get(path)
		if err == nil && status == 200 && got == body {
			return
		}
		if time.Now().After(deadline) {
			n.t.Fatalf("GET %s gives %d %q, %v, and not %q", path, status, got, err, body)
		}
		pause()
	}
}

// script is a Worker of one module.
func script(name, code string, more ...func(*binderyv1.WorkerConfig)) (*binderyv1.WorkerUpload, []byte) {
	b := &bundle.Bundle{Name: "worker.js", Code: []byte(code)}
	content, err := b.Encode()
	if err != nil {
		panic(err)
	}
	u := &binderyv1.WorkerUpload{Config: &binderyv1.WorkerConfig{Name: name, CompatibilityDate: "2026-08-01"}, Bundle: bundles.Hash(content)}
	for _, f := range more {
		f(u.Config)
	}
	return u, content
}

func route(pattern string) func(*binderyv1.WorkerConfig) {
	return func(c *binderyv1.WorkerConfig) { c.Routes = append(c.Routes, &binderyv1.Route{Pattern: pattern}) }
}

func binds(name, service string) func(*binderyv1.WorkerConfig) {
	return func(c *binderyv1.WorkerConfig) {
		c.Services = append(c.Services, &binderyv1.ServiceBinding{Binding: name, Service: service})
	}
}

// chain is three Workers, each of which answers with the version and what the next one says.
func chain(version string) (*binderyv1.ReleaseRequest, map[string][]byte) {
	r, content := &binderyv1.ReleaseRequest{Message: version}, map[string][]byte{}
	add := func(u *binderyv1.WorkerUpload, b []byte) {
		r.Workers = append(r.Workers, u)
		content[u.GetBundle()] = b
	}
	caller := `export default { async fetch(request, env) { return new Response("%s " + await (await env.next.fetch(request)).text()) } }`
	add(script("a", fmt.Sprintf(caller, version), binds("next", "b"), route("*/*")))
	add(script("b", fmt.Sprintf(caller+" // b", version), binds("next", "c")))
	add(script("c", fmt.Sprintf(`export default { fetch() { return new Response("%s") } }`, version)))
	return r, content
}

// said is what the chain answers.
func said(version string) string { return strings.Repeat(version+" ", 2) + version }

// deploy releases the chain.
func (n *node) deploy(version string) *binderyv1.Release {
	n.t.Helper()
	r, content := chain(version)
	made, err := n.client().Deploy(context.Background(), r, content, nil)
	if err != nil {
		n.t.Fatal(err)
	}
	return made
}

// read reads node.json as it is now.
func (n *node) read() (f daemon.File) {
	n.t.Helper()
	b, err := os.ReadFile(filepath.Join(n.dir, "node.json"))
	if err != nil {
		n.t.Fatal(err)
	}
	if err := json.Unmarshal(b, &f); err != nil {
		n.t.Fatal(err)
	}
	return f
}
