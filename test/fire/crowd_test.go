package fire_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// fire is one run.
type fire struct {
	t       *testing.T
	url     string
	client  *http.Client
	history *history
	pledges *pledges
	seed    uint64

	// excused reports whether what a fault says is the fault of a machine that had other work. May be nil.
	excused func(text string) bool

	stop   chan struct{} // closed when no more calls begin
	failed atomic.Int32
	counts sync.Map // what -> *atomic.Int64

	mu   sync.Mutex
	took map[string][]time.Duration // guarded by mu: how long healthy calls took, by name
}

func newFire(t *testing.T, rt http.RoundTripper, url string) *fire {
	return &fire{
		t: t, url: url, history: newHistory(), pledges: newPledges(), seed: seed(t), stop: make(chan struct{}),
		took:   map[string][]time.Duration{},
		client: &http.Client{Transport: rt, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
	}
}

// patience is how long a call may take: nearly all of it is for a machine that has other work.
const patience = 2 * time.Minute

// most is how many faults end a run.
const most = 10

func (f *fire) count(what string, n int64) {
	c, _ := f.counts.LoadOrStore(what, new(atomic.Int64))
	c.(*atomic.Int64).Add(n)
}

func (f *fire) over() bool {
	select {
	case <-f.stop:
		return true
	default:
		return f.failed.Load() >= most
	}
}

// fault reports a wrong answer.
func (f *fire) fault(format string, args ...any) {
	f.t.Helper()
	if f.excused != nil && f.excused(fmt.Sprintf(format, args...)) {
		f.count("excused", 1)
		return
	}
	if f.failed.Add(1) <= most {
		f.t.Errorf(format, args...)
	}
}

// deed is one kind of call, and how often it is chosen.
type deed struct {
	name   string
	weight int
	do     func(*client, context.Context) error
}

var (
	healthyDeeds = []deed{
		{"chain", 8, (*client).chain},
		{"parallel", 4, (*client).parallel},
		{"stream", 4, (*client).stream},
		{"timers", 2, (*client).timers},
		{"wait", 3, (*client).wait},
		{"abort", 2, (*client).abort},
		{"guarded", 3, (*client).guarded},
	}
	slowDeeds    = []deed{{"sleep", 2, (*client).sleep}, {"drip", 2, (*client).drip}, {"cut", 4, (*client).cut}, {"drink", 2, (*client).drink}}
	hostileDeeds = []deed{{"harm", 1, (*client).harm}}
	greedyDeeds  = []deed{{"greed", 1, (*client).greed}}
)

// crowd lets all clients call until the time is over, and ends when their last calls have ended.
func (f *fire) crowd(d time.Duration, swap func(r *rand.Rand)) {
	var wg sync.WaitGroup
	start := func(role string, n int, deeds []deed) {
		for i := range n {
			c := &client{fire: f, id: fmt.Sprintf("%s%d", role, i)}
			c.rand = rand.New(rand.NewPCG(f.seed, uint64(role[0])<<8|uint64(i)))
			wg.Go(func() { c.run(deeds) })
		}
	}
	start("healthy", 10, healthyDeeds)
	start("slow", 4, slowDeeds)
	start("evil", 3, hostileDeeds)
	start("greedy", 1, greedyDeeds)
	wg.Go(func() {
		r := rand.New(rand.NewPCG(f.seed, 'r'))
		for !f.over() {
			select {
			case <-time.After(time.Duration(50+r.IntN(150)) * time.Millisecond):
				swap(r)
				f.count("swaps", 1)
			case <-f.stop:
			}
		}
	})
	timer := time.AfterFunc(d, func() { close(f.stop) })
	wg.Wait()
	if timer.Stop() {
		close(f.stop)
	}
	f.settle()
}

// settle waits for what was promised for after the answers.
func (f *fire) settle() {
	select {
	case <-f.pledges.wait():
	case <-time.After(patience):
		list := f.pledges.broken()
		f.fault("%d lines of work under waitUntil never came, as %q", len(list), list[:min(3, len(list))])
	}
	var b strings.Builder
	f.counts.Range(func(what, n any) bool {
		fmt.Fprintf(&b, " %s %d,", what, n.(*atomic.Int64).Load())
		return true
	})
	f.t.Logf("done:%s %d lines after the answer", b.String(), f.pledges.kept)
	f.t.Logf("took (median/99 of 100/most):%s", f.latencies())
}

func (c *client) run(deeds []deed) {
	total := 0
	for _, d := range deeds {
		total += d.weight
	}
	for !c.fire.over() {
		at := c.rand.IntN(total)
		for _, d := range deeds {
			if at -= d.weight; at < 0 {
				c.once(d)
				break
			}
		}
	}
}

// once makes one call.
func (c *client) once(d deed) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	began := time.Now()
	err := d.do(c, ctx)
	c.fire.count(d.name, 1)
	c.fire.mark(d.name, time.Since(began))
	if err == nil {
		return
	}
	if ctx.Err() != nil {
		buf := make([]byte, 1<<20)
		err = fmt.Errorf("it hangs: %w\n%s", err, buf[:runtime.Stack(buf, true)])
	}
	c.fire.fault("%s %d, %s (%s), after %v: %v", c.id, c.n, d.name, c.doing, time.Since(began).Round(time.Millisecond), err)
}

func (f *fire) mark(name string, took time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.took[name] = append(f.took[name], took)
}

// latencies tells the median, the 99th percentile and the most of each kind of call.
func (f *fire) latencies() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(f.took)) {
		list := slices.Sorted(slices.Values(f.took[name]))
		fmt.Fprintf(&b, " %s %v/%v/%v,", name, round(list[len(list)/2]), round(list[len(list)*99/100]), round(list[len(list)-1]))
	}
	return b.String()
}

func round(d time.Duration) time.Duration { return d.Round(time.Millisecond) }

// harm has a hostile Worker do something.
func (c *client) harm(ctx context.Context) error {
	how := deeds[c.rand.IntN(len(deeds))]
	if c.rand.IntN(50) == 0 {
		how = "never"
	}
	return c.hostile(ctx, "hostile", how)
}

// greed has one take memory.
func (c *client) greed(ctx context.Context) error {
	return c.hostile(ctx, "greedy", greed[c.rand.IntN(len(greed))])
}

func (c *client) hostile(ctx context.Context, worker, how string) error {
	token := c.token()
	a := c.send(ctx, worker, "/"+how, jsonBody(input{Token: token}))
	switch {
	case a.err != nil && ctx.Err() != nil:
		return a.err
	case how == "stream" && a.err != nil:
		if want := strings.Repeat(token+" ", 3); !strings.HasPrefix(want, string(a.body)) {
			return fmt.Errorf("the body began with %q, want %q", a.body, want)
		}
		return nil
	case a.err != nil:
		return a.err
	case a.status == 200:
		return judge(how, token, fmt.Sprintf("answered 200 %s", a.body))
	}
	return judge(how, token, string(a.body))
}

// slowPath is where a slow answer comes from: the Worker itself, or by way of front.
func (c *client) slowPath(path string) (worker, at string) {
	if c.rand.IntN(2) == 0 {
		return "slow", "/" + path
	}
	return "front", "/slow/" + path
}

func (c *client) sleep(ctx context.Context) error {
	worker, path := c.slowPath(fmt.Sprintf("sleep?ms=%d", c.rand.IntN(100)))
	a := c.send(ctx, worker, path, http.NoBody)
	if a.err != nil || a.status != 200 || string(a.body) != "slept" {
		return fmt.Errorf("%d %.400q %w", a.status, a.body, a.err)
	}
	return nil
}

func drops(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "drop %d\n", i)
	}
	return b.String()
}

func (c *client) drip(ctx context.Context) error {
	n := 1 + c.rand.IntN(10)
	worker, path := c.slowPath(fmt.Sprintf("drip?n=%d&ms=%d", n, c.rand.IntN(10)))
	a := c.send(ctx, worker, path, http.NoBody)
	if a.err != nil || string(a.body) != drops(n) {
		return fmt.Errorf("%d %.400q %w", a.status, a.body, a.err)
	}
	return nil
}

// cut goes away in the midst of an answer, or before it.
func (c *client) cut(ctx context.Context) error {
	worker, path := c.slowPath(fmt.Sprintf("drip?n=100&ms=%d", 1+c.rand.IntN(5)))
	if c.rand.IntN(3) == 0 {
		worker, path = c.slowPath("sleep?ms=300")
	}
	cut, cancel := context.WithTimeout(ctx, time.Duration(1+c.rand.IntN(60))*time.Millisecond)
	defer cancel()
	a := c.send(cut, worker, path, http.NoBody)
	switch {
	case a.err == nil && a.status == 200 && (string(a.body) == "slept" || string(a.body) == drops(100)):
		return nil // the machine was too slow to cut it
	case a.err == nil:
		return fmt.Errorf("%d %.400q", a.status, a.body)
	case !errors.Is(a.err, context.DeadlineExceeded):
		return a.err
	case !strings.HasPrefix(drops(100), string(a.body)) && !strings.HasPrefix("slept", string(a.body)):
		return fmt.Errorf("the part before the cut is %.400q", a.body)
	}
	return nil
}

func (c *client) drink(ctx context.Context) error {
	size := c.rand.IntN(100_000)
	worker, path := c.slowPath("drink?ms=1")
	a := c.send(ctx, worker, path, io.MultiReader(newNoise(c.rand.Uint64(), size)))
	if a.err != nil || string(a.body) != fmt.Sprint(size) {
		return fmt.Errorf("%d %.400q %w, want %d", a.status, a.body, a.err, size)
	}
	return nil
}
