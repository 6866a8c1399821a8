package node_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	binderyv1 "github.com/bindery/bindery/proto/bindery/v1"
)

// releases is how many are made under load: 100 where the run is not short.
func releases() int {
	if testing.Short() {
		return 10
	}
	return 100
}

// rate is how many requests a second are sent meanwhile.
const rate = 1000

// paced asks at a rate, whether or not answers come, until the function that it gives is called, which gives how often.
func paced(t *testing.T, n *node, rate int, check func(status int, body string, err error) error) (stop func() int) {
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	same := &node{file: n.file}
	var wg sync.WaitGroup
	asked := 0
	wg.Go(func() {
		room := make(chan struct{}, 512) // that many without an answer are as good as none
		began := time.Now()
		for ctx.Err() == nil {
			due := began.Add(time.Duration(asked) * time.Second / time.Duration(rate))
			time.Sleep(time.Until(due)) // the pace is the test
			select {
			case room <- struct{}{}:
			case <-ctx.Done():
				return
			}
			asked++
			wg.Go(func() {
				defer func() { <-room }()
				if err := check(same.get("/")); err != nil && ctx.Err() == nil {
					t.Error(err)
					cancel()
				}
			})
		}
	})
	return func() int {
		cancel()
		wg.Wait()
		return asked
	}
}

// While one release follows the other, every request is answered, by one version from its first Worker to its last, and by none that is older than
// what was served when it was sent.
func TestReleasesUnderLoad(t *testing.T) {
	n := newNode(t)
	n.deploy("v0")
	n.want("/", said("v0"))
	cl := n.client()
	var served atomic.Int64
	stop := paced(t, n, rate, func(status int, body string, err error) error {
		var a, b, c int64
		if _, scan := fmt.Sscanf(body, "v%d v%d v%d", &a, &b, &c); err != nil || status != 200 || scan != nil {
			return fmt.Errorf("%d %q: %w", status, body, err)
		}
		if a != b || b != c {
			return fmt.Errorf("mixed: %q", body)
		}
		if last := served.Load(); a > last+1 {
			return fmt.Errorf("%q, and %d is the last that is served", body, last)
		}
		return nil
	})
	began := time.Now()
	for i := range releases() {
		r, content := chain(fmt.Sprintf("v%d", i+1))
		if _, err := cl.Deploy(context.Background(), r, content, nil); err != nil {
			t.Fatal(err)
		}
		// The release is served when Deploy returns.
		status, body, err := n.get("/")
		if err != nil || status != 200 || body != said(fmt.Sprintf("v%d", i+1)) {
			t.Fatalf("after release %d: %d %q %v", i+1, status, body, err)
		}
		served.Store(int64(i + 1))
	}
	took := time.Since(began)
	asked := stop()
	got := float64(asked) / time.Since(began).Seconds()
	t.Logf("%d releases in %v (%v each), %d requests (%.0f/s)", releases(), took, took/time.Duration(releases()), asked, got)
	if got < 0.9*rate {
		t.Errorf("%.0f requests/s are too few to tell: %d were to be sent", got, rate)
	}
}

// No request sends a message of gRPC: neither over the Unix socket between the two processes of the node nor over any other connection. Both count
// what they send and receive, and both are asked twice, which takes two messages each.
func TestRequestsSendNoGRPC(t *testing.T) {
	n := newNode(t)
	n.deploy("v1")
	n.want("/", said("v1"))
	sockets, err := filepath.Glob(filepath.Join(n.dir, "dataplane", "*.grpc"))
	if err != nil || len(sockets) != 1 {
		t.Fatalf("%v %v", sockets, err)
	}
	conn, err := grpc.NewClient("unix:"+sockets[0], grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	cl := n.client()
	count := func() (requests, plane, control int64) {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		stream, err := binderyv1.NewDataPlaneServiceClient(conn).Watch(ctx, &binderyv1.WatchRequest{})
		if err != nil {
			t.Fatal(err)
		}
		state, err := stream.Recv()
		if err != nil {
			t.Fatal(err)
		}
		status, err := cl.Cluster.GetStatus(ctx, &binderyv1.GetStatusRequest{})
		if err != nil {
			t.Fatal(err)
		}
		return state.GetRequests(), state.GetMessages(), status.GetGrpcMessages()
	}
	asks := 100_000
	if testing.Short() {
		asks = 5000
	}
	requests, plane, control := count()
	if plane == 0 || control == 0 {
		t.Fatal("nothing is counted")
	}
	var left atomic.Int64
	left.Store(int64(asks))
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for left.Add(-1) >= 0 {
				if status, body, err := n.get("/"); err != nil || status != 200 || body != said("v1") {
					t.Errorf("%d %q %v", status, body, err)
					return
				}
			}
		})
	}
	wg.Wait()
	requests2, plane2, control2 := count()
	if got := requests2 - requests; got != int64(asks) {
		t.Errorf("%d requests were counted, and %d were sent", got, asks)
	}
	if plane2-plane != 2 || control2-control != 2 {
		t.Errorf("%d messages of the data plane and %d of the control process during %d requests", plane2-plane-2, control2-control-2, asks)
	}
}

// One Worker may be released alone: those that bind it go on as they are, on its new version.
func TestOneWorkerAlone(t *testing.T) {
	n := newNode(t)
	n.deploy("v1")
	n.want("/", said("v1"))
	r, content := chain("v2")
	r.Workers = r.Workers[2:]
	made, err := n.client().Deploy(context.Background(), r, content, nil)
	if err != nil || len(made.GetChanges()) != 1 {
		t.Fatalf("%v %v", made, err)
	}
	if status, body, err := n.get("/"); err != nil || status != 200 || body != "v1 v1 v2" {
		t.Fatalf("%d %q %v", status, body, err)
	}
}

// Ports stay, and what was released is there again.
func TestRestart(t *testing.T) {
	n := newNode(t)
	n.deploy("v1")
	first := n.file
	n.stop()
	if _, err := os.Stat(filepath.Join(n.dir, "node.json")); err == nil {
		t.Fatal("node.json is there after the end")
	}
	n.start()
	if n.file.HTTP != first.HTTP || n.file.Cluster != first.Cluster || n.file.Peer != first.Peer || n.file.Gossip != first.Gossip {
		t.Fatalf("the addresses are %+v, and were %+v", n.file, first)
	}
	n.want("/", said("v1"))
	for _, name := range []string{"context.json", "ca/ca.key", "certs/node.key", "sealing.key"} {
		if info, err := os.Stat(filepath.Join(n.dir, name)); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v %v", name, info, err)
		}
	}
	kept, err := os.ReadFile(filepath.Join(n.home, "bindery", "current"))
	if err != nil || strings.TrimSpace(string(kept)) != "n1" {
		t.Errorf("the current context is %q: %v", kept, err)
	}
}

// Releasing with the same request id twice makes one release, also over a restart.
func TestRetryIsOneRelease(t *testing.T) {
	n := newNode(t)
	r, content := chain("v1")
	r.RequestId = "the same"
	one, err := n.client().Deploy(context.Background(), r, content, nil)
	if err != nil {
		t.Fatal(err)
	}
	n.deploy("v2")
	n.kill()
	n.start()
	two, err := n.client().Deploy(context.Background(), r, content, nil)
	if err != nil || two.GetNumber() != one.GetNumber() {
		t.Fatalf("%v %v, and the first was %d", two, err, one.GetNumber())
	}
	n.want("/", said("v2"))
}
