package agent

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bindery/bindery/node/bundles"
	"github.com/bindery/bindery/node/compiler"
	"github.com/bindery/bindery/node/dataplane"
	"github.com/bindery/bindery/node/poison"
	"github.com/bindery/bindery/node/seal"
	binderyv1 "github.com/bindery/bindery/proto/bindery/v1"
)

// DrainTime is how long the requests of a data plane that is to end may go on.
const DrainTime = 30 * time.Second

// Options of an Agent.
type Options struct {
	// Dir is the node's data directory. What belongs to the agent is in Dir/dataplane.
	Dir string
	// HTTP is the address that the ingress listens on, host:port. With port 0 the port of an adopted data plane is kept.
	HTTP string
	// Bundles has the code. Fetch gets into it what it lacks; nil, and what it fails for, fails the roots that need it.
	Bundles *bundles.Dir
	Fetch   func(ctx context.Context, hash string) error

	Memory              int64 // bytes that a data plane may come to; 0 means that nobody looks
	AllowPrivateNetwork bool
	JSON                bool             // whether Workers' lines are JSON
	Level               string           // which of them are printed
	Log                 *os.File         // where they go; nil is the standard error
	Compiler            compiler.Limits  // the zero value has defaults
	Drain               time.Duration    // default DrainTime
	Program             string           // data planes of another program are replaced; "" names this executable
	Launcher            Launcher         // nil is Processes
	Logger              *slog.Logger     // is told of data planes; nil drops it
	Now                 func() time.Time // the clock of poison's rule; nil is time.Now
}

// Agent keeps the data planes of a node. Its methods may be called from any goroutine.
type Agent struct {
	o        Options
	dir      string
	key      *seal.Key
	lock     *os.File
	incoming *os.File // the listening socket of HTTP
	address  string
	settings dataplane.Settings
	ctx      context.Context
	cancel   context.CancelFunc
	running  sync.WaitGroup
	assign   sync.Mutex // held by the one Assign that is under way

	mu       sync.Mutex
	assigned *assigned      // guarded by mu: never changed, but replaced; nil before the first
	ledger   *poison.Ledger // guarded by mu
	wanted   uint64         // guarded by mu: counts the changes of what is to be served
	main     role           // guarded by mu, but for what is its goroutine's
	apart    role           // the same, of suspects
	old      []*plane       // guarded by mu: to be stopped when main serves
	suspects *os.File       // guarded by mu: the listening socket of HTTP of the data plane of suspects; nil while there is none
	sequence int            // guarded by mu: number of the last data plane
	changed  chan struct{}  // guarded by mu: closed at the next change of anything
}

// Status is what an agent is at.
type Status struct {
	HTTP     string // address of the ingress
	PID      int    // of the data plane; 0 while there is none
	Starts   int    // how often it was started here
	Adopted  bool   // it was running already
	Serving  bool   // it serves what was assigned last
	Index    uint64 // of the assignments that it serves
	Failed   map[string]string
	HeldBack []*binderyv1.HeldBack // what is held back and what is served apart, by Worker
	// SuspectsPID is the process id of the data plane of suspects, 0 while there is none.
	SuspectsPID int
}

// Open starts or adopts the data planes and has them serve the last assignments that were kept. Errors: the address can't be listened on;
// another agent has the directory.
func Open(o Options) (*Agent, error) {
	a := &Agent{o: o, dir: filepath.Join(o.Dir, "dataplane"), ledger: &poison.Ledger{}, changed: make(chan struct{})}
	a.o.Launcher = o.Launcher
	if a.o.Launcher == nil {
		a.o.Launcher = Processes
	}
	if a.o.Logger == nil {
		a.o.Logger = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	if a.o.Now == nil {
		a.o.Now = time.Now
	}
	if a.o.Log == nil {
		a.o.Log = os.Stderr
	}
	a.o.Drain = cmp.Or(o.Drain, DrainTime)
	a.ctx, a.cancel = context.WithCancel(context.Background())
	a.main.a, a.apart.a, a.apart.quarantine = a, a, true
	if err := a.open(); err != nil {
		a.release()
		return nil, fmt.Errorf("open the data plane's directory: %w", err)
	}
	if err := a.listen(); err != nil {
		a.release()
		return nil, err
	}
	a.running.Go(a.main.run)
	a.running.Go(a.apart.run)
	a.running.Go(a.expire)
	return a, nil
}

// open takes the directory and reads what is kept in it.
func (a *Agent) open() error {
	if n := len(a.socket(maxSequence, serviceSuffix)); n > maxSocketPath {
		return fmt.Errorf("the path %s is too long for a Unix socket: choose a shorter data directory (by %d bytes)", a.dir, n-maxSocketPath)
	}
	if err := os.MkdirAll(a.dir, 0o700); err != nil {
		return err
	}
	var err error
	if a.lock, err = lockFile(filepath.Join(a.dir, "lock")); err != nil {
		return err
	}
	if a.key, err = seal.Load(filepath.Join(a.dir, "key"), true); err != nil {
		return err
	}
	program := a.o.Program
	if program == "" {
		if program, err = identity(); err != nil {
			return err
		}
	}
	a.settings = dataplane.Settings{
		Program: program, Memory: a.o.Memory, AllowPrivateNetwork: a.o.AllowPrivateNetwork,
		JSON: a.o.JSON, Level: a.o.Level, Compiler: a.o.Compiler,
	}
	a.readKept()
	return nil
}

// release closes what Open opened.
func (a *Agent) release() {
	a.cancel()
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, f := range []*os.File{a.incoming, a.suspects, a.lock} {
		if f != nil {
			_ = f.Close()
		}
	}
	for _, p := range append([]*plane{a.main.plane, a.apart.plane}, a.old...) {
		p.detach()
	}
}

// Close ends the agent. The data planes go on, to be adopted, unless stop is true: then their requests are finished, for Options.Drain or
// until ctx ends. Errors: that of ctx.
func (a *Agent) Close(ctx context.Context, stop bool) error {
	a.cancel()
	a.running.Wait()
	var err error
	if stop {
		a.mu.Lock()
		planes := append([]*plane{a.main.plane, a.apart.plane}, a.old...)
		a.mu.Unlock()
		var wg sync.WaitGroup
		errs := make([]error, len(planes))
		for i, p := range planes {
			if p != nil {
				wg.Go(func() { errs[i] = p.stop(ctx, a.o.Drain) })
			}
		}
		wg.Wait()
		err = errors.Join(errs...)
	}
	a.release()
	return err
}

// Address is where the ingress listens.
func (a *Agent) Address() string { return a.address }

// Status is what the agent is at now.
func (a *Agent) Status() Status {
	a.mu.Lock()
	defer a.mu.Unlock()
	s := Status{
		HTTP: a.address, Starts: a.main.starts, Index: a.main.index,
		Serving: a.main.plane != nil && a.main.loaded == a.wanted, Failed: a.failed(), HeldBack: a.heldBack(),
	}
	if p := a.main.plane; p != nil {
		s.PID, s.Adopted = p.PID, p.process == nil
	}
	if p := a.apart.plane; p != nil {
		s.SuspectsPID = p.PID
	}
	return s
}

// failed joins what failed in both data planes. The caller holds mu.
func (a *Agent) failed() map[string]string {
	all := map[string]string{}
	for _, r := range []*role{&a.main, &a.apart} {
		for root, text := range r.failed {
			all[root] = a.assigned.explain(root, text)
		}
		a.unreadable(r.damaged, all)
	}
	return all
}

// heldBack lists what the ledger says of Workers. The caller holds mu.
func (a *Agent) heldBack() []*binderyv1.HeldBack {
	var list []*binderyv1.HeldBack
	for _, v := range a.assigned.versions() {
		r := a.ledger.Find(v.GetId())
		if r == nil || !r.HeldBack && !r.Suspect() {
			continue
		}
		list = append(list, &binderyv1.HeldBack{
			Worker: v.GetConfig().GetName(), Version: v.GetId(), Reason: r.Reason, Quarantined: !r.HeldBack, Time: timestamppb.New(r.Since),
		})
	}
	return list
}

// Changed gives a channel that is closed at the next change of Status.
func (a *Agent) Changed() <-chan struct{} {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.changed
}

// change changes what mu guards, and tells those who wait.
func (a *Agent) change(f func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	f()
	close(a.changed)
	a.changed = make(chan struct{})
}

// Counters asks the data plane how many requests it has served since it was started, and how many calls its control process made, this one included.
// Errors: there is none now; that of ctx.
func (a *Agent) Counters(ctx context.Context) (requests, calls int64, err error) {
	a.mu.Lock()
	p := a.main.plane
	a.mu.Unlock()
	if p == nil {
		return 0, 0, errors.New("ask the data plane: there is none at the moment")
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stream, err := p.client.Watch(ctx, &binderyv1.WatchRequest{})
	if err != nil {
		return 0, 0, fmt.Errorf("ask the data plane: %w", err)
	}
	state, err := stream.Recv()
	if err != nil {
		return 0, 0, fmt.Errorf("ask the data plane: %w", err)
	}
	return state.GetRequests(), state.GetCalls(), nil
}

// expire lets suspects go whose time is over.
func (a *Agent) expire() {
	for {
		a.mu.Lock()
		let, next := a.ledger.Expire(a.o.Now())
		changed := a.changed
		a.mu.Unlock()
		if let {
			a.judged()
			continue
		}
		var timer <-chan time.Time
		if !next.IsZero() {
			timer = time.After(max(next.Sub(a.o.Now()), time.Millisecond))
		}
		select {
		case <-timer:
		case <-changed:
		case <-a.ctx.Done():
			return
		}
	}
}

// judged has the data planes follow the ledger, which has changed, and keeps it.
func (a *Agent) judged() {
	a.change(func() { a.wanted++ })
	a.keepLedger()
}
