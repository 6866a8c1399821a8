package bench

import (
	"slices"
	"testing"
	"time"

	"github.com/bindery/bindery/binding"
	"github.com/bindery/bindery/runtime"
)

// BenchmarkGuard is what limits cost on the gateway example: without a Guard and with one, in turn, so that the ratio holds when the
// machine's speed drifts.
//
//	go test -run xxx -bench Guard -benchtime 400x -count 5 ./test/bench
func BenchmarkGuard(b *testing.B) {
	workers := []binding.Worker{
		worker(b, "gateway", gatewaySource, "auth", "application"), worker(b, "auth", authSource), worker(b, "application", applicationSource),
	}
	free := compose(b, workers...)
	g := runtime.NewGuard(runtime.GuardOptions{})
	b.Cleanup(g.Close)
	guarded, err := binding.Compose(workers, binding.Options{Guard: g})
	if err != nil {
		b.Fatal(err)
	}
	const each = 50
	turn := func(c *binding.Composition) time.Duration {
		began := time.Now()
		for range each {
			call(b, c, "gateway")
		}
		return time.Since(began)
	}
	turn(free)
	turn(guarded)
	// The faster half of the turns counts: what else the machine did in the others is no cost of the guard's.
	var with, without []time.Duration
	for b.Loop() {
		without = append(without, turn(free))
		with = append(with, turn(guarded))
	}
	b.ReportMetric(quarter(with)/quarter(without), "ratio")
	b.ReportMetric(quarter(without)/each/1000, "free-us")
	b.ReportMetric(quarter(with)/each/1000, "guarded-us")
	b.ReportMetric(0, "ns/op")
}

// quarter is the quartile: the median of the faster half, in nanoseconds.
func quarter(list []time.Duration) float64 {
	sorted := slices.Sorted(slices.Values(list))
	return float64(sorted[len(sorted)/4])
}
