package dev

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"strings"
	"syscall"
	"time"

	"github.com/evanw/esbuild/pkg/api"
	"github.com/fsnotify/fsnotify"

	"github.com/bindery/bindery/binding"
	"github.com/bindery/bindery/node/compiler"
	"github.com/bindery/bindery/node/ingress"
	"github.com/bindery/bindery/runtime"
	"github.com/bindery/bindery/runtime/invocation"
	"github.com/bindery/bindery/runtime/webapi/fetch"
)

// DefaultPort is wrangler's.
const DefaultPort = 8787

// DrainTime is how long requests and waitUntil work may go on after the end was asked for.
const DrainTime = 10 * time.Second

// Options say what to run and whom to tell.
type Options struct {
	// Paths are folders, in and below which every wrangler file is found, wrangler files, and scripts. At least one.
	Paths []string
	// Base is the folder that relative paths start from and messages name files from; "" is the working directory.
	Base string
	Env  string // the environment of every Worker, "" for none
	// Port is where to listen: 0 for any that is free, negative for what the wrangler files say, else DefaultPort.
	Port     int
	Watch    bool
	Outbound fetch.Outbound // for global fetch; nil refuses every fetch
	Reporter Reporter
	// Guard is what keeps Workers within their limits.
	Guard runtime.GuardOptions
	// Compiler bounds what source may cost; the zero value has defaults.
	Compiler compiler.Limits
	// Force ends a drain at once when it is closed. May be nil.
	Force <-chan struct{}
}

func (o Options) binding(g *runtime.Guard) binding.Options {
	return binding.Options{Observer: o.Reporter, Outbound: o.Outbound, Guard: g}
}

// Reporter is told what happens. The methods are called from many goroutines and must not block.
type Reporter interface {
	runtime.Observer
	// Ready comes when the first generation is served, with the addresses that are listened on.
	Ready(g *Generation, addresses []string, took time.Duration)
	// Swapped comes when another generation is served.
	Swapped(s Swap)
	// Faulty comes when the files can't be served as they are now; what was served goes on.
	Faulty(f *Fault)
	// Repaired comes when the files are again what is served.
	Repaired(took time.Duration)
	Warnings(messages []api.Message)
	// Request comes when a request is over.
	Request(e ingress.Entry)
	// Failure comes with an exception that ended a request.
	Failure(worker string, inv *invocation.Invocation, err error)
	// Trouble is what went wrong outside of Workers, and goes on without.
	Trouble(text string)
	// Stopping comes when the end was asked for.
	Stopping()
}

// Swap is a change of what is served.
type Swap struct {
	Generation *Generation
	Changed    []string // Workers with a new version
	Gone       []string // Workers that are no more
	Repaired   bool     // there was a fault before
	Took       time.Duration
}

// ListenError says that the port can't be had.
type ListenError struct {
	Address string
	Err     error
}

func (e *ListenError) Error() string { return fmt.Sprintf("listen on %s: %v", e.Address, e.Err) }

// Unwrap gives the cause.
func (e *ListenError) Unwrap() error { return e.Err }

// ErrForced says that Force cut the drain short.
var ErrForced = errors.New("stop: ended before all requests were finished")

// Run serves the Workers until ctx ends, then finishes what is under way. Errors: *Fault if there is one at the start, *ListenError,
// ErrForced.
func Run(ctx context.Context, o Options) error {
	began := time.Now()
	p, err := newProject(o)
	if err != nil {
		return fmt.Errorf("find the base folder: %w", err)
	}
	defer p.close()
	p.guard = runtime.NewGuard(o.Guard)
	defer p.guard.Close()
	first := p.update(ctx, change{config: true, all: true})
	o.Reporter.Warnings(first.warnings)
	if first.fault != nil {
		return first.fault
	}
	s := &server{o: o, p: p}
	s.handler = ingress.NewHandler(ingress.Options{Stacks: true, Log: o.Reporter.Request, Exception: o.Reporter.Failure})
	s.serve(first.next)
	if err := s.listen(); err != nil {
		return err
	}
	defer s.http.Close()
	if o.Watch {
		if s.watch, err = newWatcher(p); err == nil {
			defer s.watch.fs.Close()
			err = s.watch.begin()
		}
		if err != nil {
			s.watchTrouble(err)
		}
	}
	o.Reporter.Ready(first.next, s.addresses, time.Since(began))
	if err := s.loop(ctx); err != nil {
		return err
	}
	return s.drain()
}

// server is a run once its first generation is there. It belongs to one goroutine.
type server struct {
	o         Options
	p         *project
	handler   *ingress.Handler
	http      *http.Server
	addresses []string
	failed    chan error
	watch     *watcher
	faulty    bool // the last update found a fault
}

// serve makes g what is served.
func (s *server) serve(g *Generation) {
	s.handler.Swap(g.made.Site)
	s.p.served = g
}

// listen opens the listeners and begins to accept.
func (s *server) listen() error {
	ip, port := "", s.o.Port
	for _, w := range s.p.set.Workers {
		if port < 0 && w.Dev.Port != 0 {
			port = w.Dev.Port
		}
		if ip == "" {
			ip = w.Dev.IP
		}
	}
	if port < 0 {
		port = DefaultPort
	}
	listeners, err := openListeners(ip, port)
	if err != nil {
		return err
	}
	s.http = ingress.NewServer(s.handler, log.New(troubleWriter{s.o.Reporter}, "", 0))
	s.failed = make(chan error, len(listeners))
	for _, l := range listeners {
		s.addresses = append(s.addresses, l.Addr().String())
		go func() {
			if err := s.http.Serve(l); !errors.Is(err, http.ErrServerClosed) {
				s.failed <- fmt.Errorf("serve %s: %w", l.Addr(), err)
			}
		}()
	}
	return nil
}

// openListeners listens on both addresses of localhost, or where dev.ip of a wrangler file says.
func openListeners(ip string, port int) ([]net.Listener, error) {
	switch ip {
	case "", "localhost":
	case "*":
		ip = ""
		fallthrough
	default:
		l, err := listenOn(ip, port)
		if err != nil {
			return nil, err
		}
		return []net.Listener{l}, nil
	}
	for attempt := 0; ; attempt++ {
		four, err := listenOn("127.0.0.1", port)
		if err != nil {
			return nil, err
		}
		six, err := listenOn("::1", four.Addr().(*net.TCPAddr).Port)
		if err == nil {
			return []net.Listener{four, six}, nil
		}
		if !errors.Is(err, syscall.EADDRINUSE) {
			return []net.Listener{four}, nil // there is no IPv6 here
		}
		_ = four.Close()
		if port != 0 || attempt == 10 {
			return nil, err
		}
	}
}

func listenOn(ip string, port int) (net.Listener, error) {
	address := net.JoinHostPort(ip, fmt.Sprint(port))
	l, err := net.Listen("tcp", address)
	if err != nil {
		var op *net.OpError
		if errors.As(err, &op) {
			err = op.Err
		}
		return nil, &ListenError{Address: address, Err: err}
	}
	return l, nil
}

// Timing of the watch: an editor's save is several events.
const (
	quiet    = 10 * time.Millisecond  // how long nothing may happen before a build
	maxQuiet = 100 * time.Millisecond // when a build comes even so
)

// loop follows the files until ctx ends.
func (s *server) loop(ctx context.Context) error {
	var events chan fsnotify.Event
	var errs chan error
	if s.watch != nil {
		events, errs = s.watch.fs.Events, s.watch.fs.Errors
	}
	var pending change
	var since time.Time
	var timer <-chan time.Time
	note := func(c change) {
		if s.watch == nil || !s.watch.relevant(c) {
			return
		}
		pending.merge(c)
		if timer == nil {
			since = time.Now()
		}
		timer = time.After(max(0, min(quiet, maxQuiet-time.Since(since))))
	}
	for {
		select {
		case <-ctx.Done():
			return nil
		case err := <-s.failed:
			return err
		case e := <-events:
			note(s.watch.see(e))
		case err := <-errs:
			if !errors.Is(err, fsnotify.ErrEventOverflow) {
				s.o.Reporter.Trouble("watch files: " + err.Error())
			}
			note(change{config: true, all: true}) // events may be lost
		case <-timer:
			c := pending
			pending, timer = change{}, nil
			s.update(ctx, c, since)
		}
	}
}

// update follows one change.
func (s *server) update(ctx context.Context, c change, since time.Time) {
	out := s.p.update(ctx, c)
	if ctx.Err() != nil {
		return
	}
	s.o.Reporter.Warnings(out.warnings)
	was := s.faulty
	s.faulty = out.fault != nil
	switch {
	case out.fault != nil && out.again:
	case out.fault != nil:
		s.o.Reporter.Faulty(out.fault)
	case out.next != nil:
		changed, gone := out.next.changed(s.p.served)
		s.serve(out.next)
		s.o.Reporter.Swapped(Swap{Generation: out.next, Changed: changed, Gone: gone, Repaired: was, Took: time.Since(since)})
	case was:
		s.o.Reporter.Repaired(time.Since(since))
	}
	if err := s.watch.follow(); err != nil {
		s.watchTrouble(err)
	}
}

func (s *server) watchTrouble(err error) {
	s.o.Reporter.Trouble(fmt.Sprintf("watch files: %v: some changes will not be seen (on Linux raise fs.inotify.max_user_watches and max_user_instances)", err))
}

// drain stops accepting and finishes what is under way.
func (s *server) drain() error {
	s.o.Reporter.Stopping()
	ctx, cancel := context.WithTimeout(context.Background(), DrainTime)
	defer cancel()
	forced := make(chan struct{})
	if s.o.Force != nil {
		go func() {
			select {
			case <-s.o.Force:
				close(forced)
				cancel()
			case <-ctx.Done():
			}
		}()
	}
	err := s.http.Shutdown(ctx)
	left := s.handler.Wait(ctx)
	select {
	case <-forced:
		return ErrForced
	default:
	}
	if err != nil || left > 0 {
		s.o.Reporter.Trouble(fmt.Sprintf("stop: not all was finished after %v", DrainTime))
	}
	return nil
}

// troubleWriter passes on what net/http logs.
type troubleWriter struct{ r Reporter }

func (t troubleWriter) Write(p []byte) (int, error) {
	t.r.Trouble(strings.TrimSuffix(string(p), "\n"))
	return len(p), nil
}
