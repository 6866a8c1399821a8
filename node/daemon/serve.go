package daemon

import (
	"context"
	"errors"
	"net"
	"sync"
	"syscall"
	"time"

	"github.com/bindery/bindery/node/agent"
	"github.com/bindery/bindery/node/bundles"
	binderyv1 "github.com/bindery/bindery/proto/bindery/v1"
)

// ServeOptions are what is asked of the processes that serve.
type ServeOptions struct {
	AllowPrivateNetwork bool
	JSON                bool   // whether Workers' lines are JSON
	Level               string // which of them are printed
	// Launcher starts data planes; nil starts processes of this executable.
	Launcher agent.Launcher
}

// Serve gives an Options.Start that serves with package agent.
func Serve(o ServeOptions) func(AgentOptions) (Agent, error) {
	return func(a AgentOptions) (Agent, error) {
		dir, err := bundles.Open(a.Bundles)
		if err != nil {
			return nil, err
		}
		open := agent.Options{
			Dir: a.Data, HTTP: a.HTTP, Bundles: dir, Fetch: a.Fetch, Memory: a.Memory, Logger: a.Logger, Drain: a.Drain,
			AllowPrivateNetwork: o.AllowPrivateNetwork, JSON: o.JSON, Level: o.Level, Launcher: o.Launcher,
		}
		inner, err := agent.Open(open)
		if errors.Is(err, syscall.EADDRINUSE) && a.Spare {
			host, _, _ := net.SplitHostPort(a.HTTP)
			open.HTTP = net.JoinHostPort(host, "0")
			inner, err = agent.Open(open)
		}
		var op *net.OpError
		if errors.As(err, &op) && op.Op == "listen" {
			err = &ListenError{What: "http", Address: a.HTTP, Err: op.Err}
		}
		if err != nil {
			return nil, err
		}
		s := &serving{Agent: inner, o: a, wake: make(chan struct{}, 1)}
		s.ctx, s.cancel = context.WithCancel(context.Background())
		s.done.Go(s.run)
		return s, nil
	}
}

// serving has an agent follow the latest assignments.
type serving struct {
	*agent.Agent
	o      AgentOptions
	ctx    context.Context
	cancel context.CancelFunc
	done   sync.WaitGroup
	wake   chan struct{}

	mu   sync.Mutex
	next *binderyv1.Assignments // guarded by mu: nil while there is nothing new
}

// assignPause is how long to wait before assignments are tried again that could not be carried out.
const assignPause = time.Second

// Assign implements Agent.
func (s *serving) Assign(a *binderyv1.Assignments) {
	s.mu.Lock()
	s.next = a
	s.mu.Unlock()
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// run carries out assignments one after the other; of those that came meanwhile, the last.
func (s *serving) run() {
	for {
		select {
		case <-s.wake:
		case <-s.ctx.Done():
			return
		}
		s.mu.Lock()
		next := s.next
		s.next = nil
		s.mu.Unlock()
		if next == nil {
			continue
		}
		if _, err := s.Agent.Assign(s.ctx, next, s.o.Key.Open); err != nil && s.ctx.Err() == nil {
			s.o.Logger.Error("serve what was released", "error", err)
			select {
			case <-time.After(assignPause):
				s.again(next)
			case <-s.ctx.Done():
				return
			}
		}
	}
}

// again has assignments tried again unless there are newer ones.
func (s *serving) again(a *binderyv1.Assignments) {
	s.mu.Lock()
	if s.next == nil {
		s.next = a
	}
	s.mu.Unlock()
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// State implements Agent.
func (s *serving) State() (AgentState, <-chan struct{}) {
	changed := s.Changed() // before it is looked at: no change is missed
	st := s.Status()
	return AgentState{
		HTTP: st.HTTP, PID: st.PID, Starts: st.Starts, Index: st.Index, Failed: st.Failed, HeldBack: st.HeldBack,
	}, changed
}

// Stop implements Agent.
func (s *serving) Stop(force <-chan struct{}) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	ended := make(chan struct{})
	defer close(ended)
	go func() {
		select {
		case <-force:
			cancel()
		case <-ended:
		}
	}()
	s.end()
	if err := s.Close(ctx, true); err != nil {
		s.o.Logger.Warn("stop the data plane", "error", err)
	}
}

// Detach implements Agent.
func (s *serving) Detach() {
	s.end()
	_ = s.Close(context.Background(), false)
}

func (s *serving) end() {
	s.cancel()
	s.done.Wait()
}
