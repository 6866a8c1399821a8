package agent

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/bindery/bindery/node/poison"
	binderyv1 "github.com/bindery/bindery/proto/bindery/v1"
)

// Times of a role.
const (
	loadTime    = time.Minute            // how long a Load may take
	retryTime   = 5 * time.Second        // after a Load that failed
	firstPause  = 100 * time.Millisecond // before the second start of one that dies at once
	longestTime = 5 * time.Second        // between two starts
	healthyTime = 10 * time.Second       // who lives for so long is started again at once
)

// role is what one of the two data planes does, whichever process that is now.
type role struct {
	a          *Agent
	quarantine bool

	// Guarded by Agent.mu.
	plane   *plane // nil while there is none
	starts  int
	loaded  uint64            // Agent.wanted when it was last told
	index   uint64            // of the assignments that it was told last
	failed  map[string]string // of what it was told last
	damaged map[string]string // bundles that it could not read, and why, by hash
	err     error             // why it did not do it
}

// run has a data plane live as long as it is needed.
func (r *role) run() {
	a := r.a
	pause := time.Duration(0)
	for {
		if !r.awaitNeed() {
			return
		}
		a.mu.Lock()
		p := r.plane // adopted
		a.mu.Unlock()
		began := time.Now()
		if p == nil {
			p = r.start()
		}
		if p != nil && !r.serve(p) {
			return
		}
		if time.Since(began) > healthyTime || p != nil && p.asked {
			pause = 0
			continue
		}
		if pause > 0 {
			select {
			case <-time.After(pause):
			case <-a.ctx.Done():
				return
			}
		}
		pause = min(max(2*pause, firstPause), longestTime)
	}
}

// awaitNeed waits until the role is needed. It reports false when the agent is closed first.
func (r *role) awaitNeed() bool {
	for {
		changed := r.a.Changed()
		if _, _, need := r.desired(); need || r.a.ctx.Err() != nil {
			return r.a.ctx.Err() == nil
		}
		if r.quarantine {
			r.a.mu.Lock()
			adopted := r.plane != nil
			r.a.mu.Unlock()
			if adopted {
				return true // to be ended
			}
			r.a.dropSuspects()
		}
		select {
		case <-changed:
		case <-r.a.ctx.Done():
			return false
		}
	}
}

// start starts a data plane, and gives nil if it can't be done.
func (r *role) start() *plane {
	a := r.a
	http := a.incoming
	var err error
	if r.quarantine {
		http, err = a.listenForSuspects()
	}
	var p *plane
	if err == nil {
		p, err = a.start(r.quarantine, http)
	}
	if err != nil {
		a.o.Logger.Error("data plane did not start", "quarantine", r.quarantine, "error", err)
		return nil
	}
	a.change(func() {
		r.starts++
		r.plane, r.loaded, r.index, r.failed, r.damaged, r.err = p, 0, 0, nil, nil, nil
	})
	a.o.Logger.Info("data plane started", "pid", p.PID, "quarantine", r.quarantine)
	return p
}

// listenForSuspects opens the socket on which requests come for the data plane of suspects, if it is not open.
func (a *Agent) listenForSuspects() (*os.File, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.suspects == nil {
		f, err := listenUnix(a.suspectsSocket())
		if err != nil {
			return nil, fmt.Errorf("listen for suspects: %w", err)
		}
		a.suspects = f
	}
	return a.suspects, nil
}

// dropSuspects closes that socket when nobody will accept there: who waits is told.
func (a *Agent) dropSuspects() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.suspects != nil {
		_ = a.suspects.Close()
		a.suspects = nil
	}
}

// serve keeps a data plane told what to serve, until it is gone. It reports false when the agent was closed first: the data plane goes on.
func (r *role) serve(p *plane) bool {
	a := r.a
	a.running.Go(func() { r.watch(p) })
	for {
		changed := a.Changed()
		wanted, request, need := r.desired()
		if !need {
			p.asked = true
			a.o.Logger.Info("data plane is needed no more", "pid", p.PID, "quarantine", r.quarantine)
			r.end(p)
			a.dropSuspects()
			if err := p.stop(a.ctx, a.o.Drain); err != nil {
				a.o.Logger.Warn("data plane did not end", "error", err)
			}
			a.clean(p)
			return a.ctx.Err() == nil
		}
		var retry <-chan time.Time
		if a.loadedBy(r) != wanted && r.load(p, wanted, request) != nil {
			retry = time.After(retryTime)
		}
		select {
		case <-p.gone:
			r.end(p)
			r.died(p)
			return a.ctx.Err() == nil
		case <-a.ctx.Done():
			return false
		case <-retry:
			a.change(func() { r.loaded = 0 })
		case <-changed:
		}
	}
}

func (a *Agent) loadedBy(r *role) uint64 {
	a.mu.Lock()
	defer a.mu.Unlock()
	return r.loaded
}

// load tells a data plane what to serve.
func (r *role) load(p *plane, wanted uint64, request *binderyv1.LoadRequest) error {
	a := r.a
	ctx, cancel := context.WithTimeout(a.ctx, loadTime)
	defer cancel()
	go func() {
		select {
		case <-p.gone:
			cancel()
		case <-ctx.Done():
		}
	}()
	answer, err := p.client.Load(ctx, request)
	select {
	case <-p.gone:
		return nil // the next one is told
	default:
	}
	if err != nil {
		if a.ctx.Err() != nil {
			return nil
		}
		a.o.Logger.Error("data plane did not load", "pid", p.PID, "error", err)
	}
	var old []*plane
	a.change(func() {
		r.loaded, r.err = wanted, err
		if err == nil {
			r.index, r.failed = request.GetIndex(), answer.GetFailed()
			if !r.quarantine && a.assigned != nil {
				old, a.old = a.old, nil
			}
		}
	})
	for _, o := range old {
		a.running.Go(func() {
			if err := o.stop(a.ctx, a.o.Drain); err != nil {
				a.o.Logger.Warn("old data plane did not end", "pid", o.PID, "error", err)
			}
			a.clean(o)
		})
	}
	return err
}

// said is the beginning of what a data plane wrote to its standard error.
func (a *Agent) said(n int) string {
	f, err := os.Open(a.socket(n, crashSuffix))
	if err != nil {
		return ""
	}
	defer f.Close()
	b, _ := io.ReadAll(io.LimitReader(f, maxSaid)) // what can't be read was not said
	return string(b)
}

// maxSaid is how much of a trace is read: the goroutine that it is about is the first.
const maxSaid = 64 << 10

// end notes that there is no data plane.
func (r *role) end(p *plane) {
	r.a.change(func() {
		if r.plane == p {
			r.plane, r.loaded, r.failed, r.damaged, r.err = nil, 0, nil, nil, nil
		}
	})
}

// died finds out what a data plane died of, and draws the consequences.
func (r *role) died(p *plane) {
	a := r.a
	how := "it was adopted: nobody knows how it ended"
	if p.process != nil {
		how = p.process.Wait()
	}
	text := a.said(p.sequence)
	death := poison.Death{Time: a.o.Now(), Quarantine: r.quarantine, Trace: poison.Parse(text), Running: p.table.Versions()}
	a.mu.Lock()
	changed := a.ledger.Died(death)
	a.mu.Unlock()
	a.o.Logger.Error("data plane died", "pid", p.PID, "quarantine", r.quarantine, "how", how, "cause", death.Trace.Cause,
		"blamed", death.Trace.Versions, "running", death.Running, "trace", a.socket(p.sequence, crashSuffix))
	if changed {
		a.judged()
	} else {
		a.keepLedger()
	}
	a.clean(p)
}
