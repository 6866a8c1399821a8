package node_test

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	binderyv1 "github.com/bindery/bindery/proto/bindery/v1"
)

// BenchmarkDeploy is from the call of Deploy with three Workers whose code is new to the first answer of the new code.
func BenchmarkDeploy(b *testing.B) {
	n := newNode(b)
	n.deploy("v0")
	n.want("/", said("v0"))
	cl := n.client()
	var took []time.Duration
	for b.Loop() {
		version := fmt.Sprintf("v%d", len(took)+1)
		r, content := chain(version)
		began := time.Now()
		if _, err := cl.Deploy(context.Background(), r, content, nil); err != nil {
			b.Fatal(err)
		}
		if _, body, err := n.get("/"); err != nil || body != said(version) {
			b.Fatalf("%q %v", body, err)
		}
		took = append(took, time.Since(began))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(took[len(took)*9/10].Microseconds())/1000, "p90-ms")
}

// BenchmarkTenThousandWorkers is how long a node takes from its start to the first answer, with 10,000 Workers stored, and how large its control
// process is then.
func BenchmarkTenThousandWorkers(b *testing.B) {
	n := newNode(b)
	const batch = 1000
	for i := 0; i < 10_000; i += batch {
		r, content := &binderyv1.ReleaseRequest{}, map[string][]byte{}
		for j := i; j < i+batch; j++ {
			// One bundle for all: what is measured is what is stored of each.
			u, code := script(fmt.Sprintf("w%d", j), `export default { fetch() { return new Response("here") } }`, route(fmt.Sprintf("w%d.example.com/*", j)))
			if j == 0 {
				route("*/*")(u.Config)
			}
			r.Workers = append(r.Workers, u)
			content[u.GetBundle()] = code
		}
		if _, err := n.client().Deploy(context.Background(), r, content, nil); err != nil {
			b.Fatal(err)
		}
	}
	n.want("/", "here")
	var sum time.Duration
	var rss float64
	for b.Loop() {
		n.stop()
		began := time.Now()
		n.start()
		n.want("/", "here")
		if _, err := n.client().Cluster.GetStatus(context.Background(), &binderyv1.GetStatusRequest{}); err != nil {
			b.Fatal(err)
		}
		sum += time.Since(began)
		rss = max(rss, resident(b, n.file.PID))
	}
	b.ReportMetric(float64(sum.Milliseconds())/float64(b.N), "ms/restart")
	b.ReportMetric(rss, "MB-control")
	b.ReportMetric(resident(b, n.file.DataPlanePID), "MB-data-plane")
}

// resident is the resident memory of a process, in MB.
func resident(b *testing.B, pid int) float64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		b.Skip("SKIPPED: resident memory is read from /proc: ", err)
	}
	_, rest, _ := strings.Cut(string(text), "VmRSS:")
	kb, err := strconv.ParseFloat(strings.Fields(rest)[0], 64)
	if err != nil {
		b.Fatal(err)
	}
	return kb / 1024
}
