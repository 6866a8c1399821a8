package node_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/bindery/bindery/node/client"
	binderyv1 "github.com/bindery/bindery/proto/bindery/v1"
)

// A deployment that is cut off by a SIGKILL at any moment is there whole or not at all, and sending it again with the same id makes it once.
func TestKilledDuringDeploy(t *testing.T) {
	n := newNode(t)
	n.deploy("v0")
	n.want("/", said("v0"))
	for i := 1; i <= 6; i++ {
		before, err := n.client().GetRelease(context.Background(), &binderyv1.GetReleaseRequest{})
		if err != nil {
			t.Fatal(err)
		}
		version := fmt.Sprintf("v%d", i)
		r, content := chain(version)
		r.RequestId = client.NewRequestID()
		done := make(chan error, 1)
		impatient := n.impatient(-1)
		go func() {
			_, err := impatient.Deploy(context.Background(), r, content, nil)
			done <- err
		}()
		after := time.Duration(rand.IntN(120)) * time.Millisecond
		time.Sleep(after) // the moment is the test
		n.kill()
		first := <-done
		status, body, err := n.get("/") // served on, by the data plane
		if old := said(fmt.Sprintf("v%d", i-1)); err != nil || status != 200 || body != old && body != said(version) {
			t.Fatalf("killed after %v: %d %q %v", after, status, body, err)
		}
		n.start()
		made, err := n.client().Deploy(context.Background(), r, content, nil)
		if err != nil {
			t.Fatalf("killed after %v (%v), and again: %v", after, first, err)
		}
		if want := before.GetRelease().GetNumber() + 1; made.GetNumber() != want || len(made.GetChanges()) != 3 {
			t.Fatalf("killed after %v (%v): release %d with %d changes, want %d with 3", after, first, made.GetNumber(), len(made.GetChanges()), want)
		}
		n.want("/", said(version))
	}
}

// No request notices that the control process is killed, nor that another takes over.
func TestControlProcessKilledUnderLoad(t *testing.T) {
	n := newNode(t)
	n.deploy("v1")
	n.want("/", said("v1"))
	plane := n.file.DataPlanePID
	stop := load(t, n, 4, func(status int, body string, err error) error {
		if err != nil || status != 200 || body != said("v1") {
			return fmt.Errorf("%d %q: %w", status, body, err)
		}
		return nil
	})
	for range 3 {
		n.kill()
		n.start()
		if n.file.DataPlanePID != plane {
			t.Fatalf("the data plane is process %d, and was %d", n.file.DataPlanePID, plane)
		}
	}
	if asked := stop(); asked == 0 {
		t.Fatal("nothing was asked")
	}
}

// A data plane that is killed is replaced, node.json follows, and connections that come meanwhile are served, within a second.
func TestDataPlaneKilled(t *testing.T) {
	n := newNode(t)
	n.deploy("v1")
	n.want("/", said("v1"))
	fastest := patience // what else the machine does must not count
	for range 3 {
		old := n.read().DataPlanePID
		began := time.Now()
		if err := syscall.Kill(old, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		httpClient.CloseIdleConnections()
		n.want("/", said("v1"))
		fastest = min(fastest, time.Since(began))
		for deadline := time.Now().Add(patience); ; pause() {
			f := n.read()
			if f.DataPlanePID != old && f.DataPlanePID > 0 {
				break
			}
			if time.Now().After(deadline) {
				t.Fatalf("node.json has %+v", f)
			}
		}
	}
	if t.Logf("answered after %v", fastest); fastest > time.Second {
		t.Errorf("the first answer took %v", fastest)
	}
}

// Deployments at the same time are made one after the other.
func TestDeploysAtOnce(t *testing.T) {
	n := newNode(t)
	cl := n.client()
	const many = 8
	numbers := make([]int64, many)
	var wg sync.WaitGroup
	for i := range many {
		wg.Go(func() {
			r, content := chain(fmt.Sprintf("v%d", i))
			made, err := cl.Deploy(context.Background(), r, content, nil)
			if err != nil {
				t.Errorf("deployment %d: %v", i, err)
			}
			numbers[i] = made.GetNumber()
		})
	}
	wg.Wait()
	seen := map[int64]bool{}
	last := 0
	for i, number := range numbers {
		if number < 1 || number > many || seen[number] {
			t.Fatalf("releases %v", numbers)
		}
		seen[number] = true
		if number == many {
			last = i
		}
	}
	n.want("/", said(fmt.Sprintf("v%d", last)))
}

// load asks without end on some goroutines until the function that it gives is called, which gives how often.
func load(t *testing.T, n *node, goroutines int, check func(status int, body string, err error) error) (stop func() int) {
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	var wg sync.WaitGroup
	counts := make([]int, goroutines)
	same := &node{file: n.file} // the test may start n again meanwhile
	for i := range goroutines {
		wg.Go(func() {
			for ctx.Err() == nil {
				if err := check(same.get("/")); err != nil {
					t.Error(err)
					return
				}
				counts[i]++
			}
		})
	}
	return func() int {
		cancel()
		wg.Wait()
		sum := 0
		for _, c := range counts {
			sum += c
		}
		return sum
	}
}

// A command whose node is away when it asks goes on when the node is back.
func TestCommandOutlastsItsNode(t *testing.T) {
	n := newNode(t)
	n.kill()
	type result struct {
		stdout, stderr string
		code           int
	}
	done := make(chan result)
	go func() {
		stdout, stderr, code := n.run("deploy", "../../examples/gateway")
		done <- result{stdout, stderr, code}
	}()
	pause()
	n.start()
	if r := <-done; r.code != 0 || !strings.Contains(r.stdout, "Release 1: 3 Workers changed") {
		t.Fatalf("exit code %d\n%s%s", r.code, r.stdout, r.stderr)
	}
}

// A command whose node is killed under it finds out what became of its release where the node comes back, and says that it doesn't know where not.
// Either way the release is there whole or not at all, and the same command again makes what it lacks.
func TestNodeKilledUnderTheCommand(t *testing.T) {
	n := newNode(t)
	example := t.TempDir()
	write := func(version int) {
		for _, name := range []string{"one", "two"} {
			dir := filepath.Join(example, name)
			if err := os.MkdirAll(dir, 0o700); err != nil {
				t.Fatal(err)
			}
			config := fmt.Sprintf("name = %q\nmain = \"index.js\"\ncompatibility_date = \"2026-08-01\"\nroutes = [\"%s.example.com/*\"]\n", name, name)
			code := fmt.Sprintf("export default { fetch() { return new Response(%q) } }; // %s", fmt.Sprint("v", version), name)
			for file, text := range map[string]string{"wrangler.toml": config, "index.js": code} {
				if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	last := func() *binderyv1.Release {
		t.Helper()
		r, err := n.client().GetRelease(context.Background(), &binderyv1.GetReleaseRequest{})
		if err != nil {
			t.Fatal(err)
		}
		return r.GetRelease()
	}
	type result struct {
		stdout, stderr string
		code           int
	}
	begin := func() chan result {
		done := make(chan result, 1)
		go func() {
			stdout, stderr, code := n.run("deploy", example)
			done <- result{stdout, stderr, code}
		}()
		time.Sleep(time.Duration(20+rand.IntN(250)) * time.Millisecond) // the moment is the test
		n.kill()
		return done
	}
	write(1)
	if stdout, stderr, code := n.run("deploy", example); code != 0 {
		t.Fatal(stdout, stderr)
	}
	version := 1
	for range 4 { // it comes back
		version++
		write(version)
		before := last().GetNumber()
		done := begin()
		n.start()
		r := <-done
		if want := fmt.Sprintf("Release %d: 2 Workers changed", before+1); r.code != 0 || !strings.Contains(r.stdout, want) {
			t.Fatalf("exit code %d, want %q\n%s%s", r.code, want, r.stdout, r.stderr)
		}
		if made := last(); made.GetNumber() != before+1 || len(made.GetChanges()) != 2 {
			t.Fatalf("%v, and %d was the last", made, before)
		}
	}
	version++
	write(version)
	before := last().GetNumber()
	done := begin()
	r := <-done
	n.start()
	if r.code == 0 && last().GetNumber() == before+1 {
		return // it was done before the node was killed
	}
	if r.code != 4 || !strings.Contains(r.stderr, "may have been done or not") || !strings.Contains(r.stderr, "safe to ask again") {
		t.Fatalf("exit code %d\n%s%s", r.code, r.stdout, r.stderr)
	}
	if made := last(); made.GetNumber() != before && (made.GetNumber() != before+1 || len(made.GetChanges()) != 2) {
		t.Fatalf("%v, and %d was the last", made, before)
	}
	if stdout, stderr, code := n.run("deploy", example); code != 0 {
		t.Fatal(stdout, stderr)
	}
	if made := last(); made.GetNumber() != before+1 || len(made.GetChanges()) != 2 {
		t.Fatalf("%v, and %d was the last", made, before)
	}
}
