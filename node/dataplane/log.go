package dataplane

import (
	"fmt"
	"io"
	"log"
	"os"
	"strings"
	"sync"

	"github.com/bindery/bindery/node/ingress"
	"github.com/bindery/bindery/runtime"
	"github.com/bindery/bindery/runtime/invocation"
	"github.com/bindery/bindery/runtime/webapi/webidl"
)

// sink writes to the log of whoever controls this process now.
type sink struct {
	mu sync.Mutex
	f  *os.File // guarded by mu
}

func newSink(f *os.File) *sink { return &sink{f: f} }

// Write implements io.Writer. Nobody is left to be told of an error: the reader may be gone with the control process.
func (s *sink) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, _ = s.f.Write(p)
	return len(p), nil
}

// replace has f be written to from now on.
func (s *sink) replace(f *os.File) {
	s.mu.Lock()
	old := s.f
	s.f = f
	s.mu.Unlock()
	_ = old.Close()
}

var discard = log.New(io.Discard, "", 0)

// troubleWriter passes on what net/http logs.
type troubleWriter struct{ r Reporter }

func (t troubleWriter) Write(p []byte) (int, error) {
	t.r.Trouble(strings.TrimSuffix(string(p), "\n"))
	return len(p), nil
}

// plain is a Reporter that prints a line of each console line and each fault.
type plain struct{ w io.Writer }

func plainReporter(w io.Writer, _ Settings) (Reporter, func()) { return plain{w}, func() {} }

func (p plain) Console(worker string, _ *invocation.Invocation, e webidl.LogEntry) {
	fmt.Fprintf(p.w, "[%s] %s: %s\n", worker, e.Level, e.Text)
}

func (p plain) Exception(worker string, _ *invocation.Invocation, e *runtime.Uncaught) {
	fmt.Fprintf(p.w, "[%s] uncaught %v (in %s)\n", worker, e.Thrown, e.In)
}

func (p plain) Failure(worker string, _ *invocation.Invocation, err error) {
	fmt.Fprintf(p.w, "[%s] %v\n", worker, err)
}

func (p plain) Request(ingress.Entry) {}

func (p plain) Trouble(text string) { fmt.Fprintf(p.w, "%s\n", text) }
