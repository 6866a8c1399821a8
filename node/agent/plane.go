package agent

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"github.com/bindery/bindery/node/dataplane"
	"github.com/bindery/bindery/node/poison"
	"github.com/bindery/bindery/node/traffic"
	binderyv1 "github.com/bindery/bindery/proto/bindery/v1"
)

// plane is a data plane that lives, or lived a moment ago.
type plane struct {
	*dataplane.Attached
	sequence int
	process  Process // nil if it was adopted
	conn     *grpc.ClientConn
	client   binderyv1.DataPlaneServiceClient
	table    *poison.Table
	gone     chan struct{} // closed when it has ended
	asked    bool          // it was told to end: its end is nobody's fault. The supervising goroutine's
}

// start starts a data plane with the listening socket http.
func (a *Agent) start(quarantine bool, http *os.File) (*plane, error) {
	a.mu.Lock()
	a.sequence++
	n := a.sequence
	a.mu.Unlock()
	l := &dataplane.Launch{Settings: a.settings, HTTP: http, Log: a.o.Log}
	l.Quarantine = quarantine
	defer func() {
		l.HTTP, l.Log = nil, nil // not ours to close
		l.Close()
	}()
	var err error
	if l.GRPC, err = listenUnix(a.socket(n, serviceSuffix)); err != nil {
		return nil, err
	}
	if l.Handover, err = listenUnix(a.socket(n, handoverSuffix)); err != nil {
		return nil, err
	}
	if l.Table, err = poison.NewTable(); err != nil {
		return nil, err
	}
	if l.Crash, err = os.OpenFile(a.socket(n, crashSuffix), os.O_CREATE|os.O_WRONLY|os.O_TRUNC|os.O_APPEND, 0o600); err != nil {
		return nil, err
	}
	process, err := a.o.Launcher(l)
	if err != nil {
		return nil, err
	}
	// From here on only the data plane has its sockets: when it dies, who waits for it is told.
	_, _ = l.GRPC.Close(), l.Handover.Close()
	p, err := a.attach(n, process, nil)
	if err != nil {
		_ = process.Kill()
		go process.Wait()
		return nil, err
	}
	return p, nil
}

// attach makes the connections to a data plane, started here or adopted.
func (a *Agent) attach(n int, process Process, log *os.File) (*plane, error) {
	attached, err := dataplane.Attach(a.socket(n, handoverSuffix), log)
	if err != nil {
		return nil, err
	}
	p := &plane{Attached: attached, sequence: n, process: process, gone: make(chan struct{})}
	if p.table, err = poison.OpenTable(p.Table); err != nil {
		attached.Close()
		return nil, err
	}
	p.conn, err = grpc.NewClient("unix://"+a.socket(n, serviceSuffix), grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithStatsHandler(&traffic.Process),
		grpc.WithDefaultCallOptions(grpc.MaxCallSendMsgSize(maxMessage), grpc.MaxCallRecvMsgSize(maxMessage)))
	if err != nil {
		attached.Close()
		return nil, fmt.Errorf("connect to data plane: %w", err)
	}
	p.client = binderyv1.NewDataPlaneServiceClient(p.conn)
	go func() {
		p.Gone()
		close(p.gone)
	}()
	return p, nil
}

// maxMessage bounds a Load.
const maxMessage = 1 << 30

// detach leaves a data plane alone. It may be nil.
func (p *plane) detach() {
	if p == nil {
		return
	}
	p.Attached.Close()
	<-p.gone
	_ = p.conn.Close()
}

// stop ends a data plane when its requests are finished, for so long at the most. Errors: that of ctx; it did not end, and was killed.
func (p *plane) stop(ctx context.Context, drain time.Duration) error {
	_, err := p.client.Stop(ctx, &binderyv1.StopRequest{DrainMs: drain.Milliseconds()})
	timer := time.NewTimer(drain + 5*time.Second)
	defer timer.Stop()
	if err != nil {
		timer.Reset(time.Second) // it is ending already, or does not listen
	}
	select {
	case <-p.gone:
		if p.process != nil {
			p.process.Wait()
		}
		return nil
	case <-ctx.Done():
		err = ctx.Err()
	case <-timer.C:
		err = cmp.Or(err, errors.New("it did not end"))
	}
	p.kill()
	return fmt.Errorf("stop data plane: %w", err)
}

func (p *plane) kill() {
	if p.process != nil {
		_ = p.process.Kill()
		return
	}
	if process, err := os.FindProcess(p.PID); err == nil { // while its connection is open the number is its own
		_ = process.Kill()
	}
}
