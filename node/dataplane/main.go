package dataplane

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/bindery/bindery/node/ingress"
	"github.com/bindery/bindery/node/process"
	"github.com/bindery/bindery/runtime"
	"github.com/bindery/bindery/runtime/invocation"
	"github.com/bindery/bindery/runtime/webapi/fetch"
)

// childName is what a data plane has as its argument 0.
const childName = "bindery-dataplane"

// settingsVariable has the settings of a child. It keeps an executable that forgot to call Main from starting itself without end.
const settingsVariable = "BINDERY_DATAPLANE"

// Reporter is told what happens. Its methods are called from many goroutines and must not block.
type Reporter interface {
	runtime.Observer
	// Request comes when a request is over.
	Request(e ingress.Entry)
	// Failure comes with an exception that ended a request.
	Failure(worker string, inv *invocation.Invocation, err error)
	// Trouble is what went wrong outside of Workers, and goes on without.
	Trouble(text string)
}

// Hooks are what the executable adds to its data planes.
type Hooks struct {
	// Reporter makes what prints to w. close writes what is left. nil prints plain lines.
	Reporter func(w io.Writer, s Settings) (r Reporter, close func())
	// Outbound changes where the global fetch leads. May be nil.
	Outbound func(fetch.Outbound) fetch.Outbound
}

// Main does the work of a data plane and returns true, if this process was started as one. Every executable that starts data planes calls it
// before anything else, tests in TestMain, and returns at once when it was true.
func Main(h Hooks) bool {
	if len(os.Args) == 0 || filepath.Base(os.Args[0]) != childName || os.Getenv(settingsVariable) == "" {
		return false
	}
	if err := child(h); err != nil {
		fmt.Fprintf(os.Stderr, "data plane: %v\n", err)
		os.Exit(1)
	}
	return true
}

func child(h Hooks) error {
	l := &Launch{}
	if err := json.Unmarshal([]byte(os.Getenv(settingsVariable)), &l.Settings); err != nil {
		return fmt.Errorf("read settings: %w", err)
	}
	files := make([]*os.File, launchFiles)
	for i := range files {
		closeOnExec(uintptr(3 + i))
		files[i] = os.NewFile(uintptr(3+i), "inherited")
	}
	l.setFiles(files)
	_ = os.Unsetenv(settingsVariable) // not for the compiler
	prepareProcess(l.Memory)
	defer process.RaiseHeapFloor()()
	process.RaiseProcessors()
	s, err := New(l, h)
	if err != nil {
		return err
	}
	if l.Memory > 0 {
		go watchMemory(l.Memory)
	}
	go s.stopOnSignal()
	return s.Serve()
}

// passed are the variables that a data plane has from its parent: what tells Go and its libraries how to work, and no secrets.
var passed = []string{
	"PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "SSL_CERT_FILE", "SSL_CERT_DIR", "GOGC", "GOMAXPROCS", "GOTRACEBACK",
	"GORACE", "GOCOVERDIR", "BINDERY_ENGINE",
}

// environment is what a child is started with.
func environment(s Settings) ([]string, error) {
	b, err := json.Marshal(s)
	if err != nil {
		return nil, fmt.Errorf("encode settings: %w", err)
	}
	env := []string{settingsVariable + "=" + string(b)}
	for _, name := range passed {
		if value, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+value)
		}
	}
	// Fatal traces show which version ran: see runtime.Label.
	return append(env, "GODEBUG="+strings.TrimPrefix(os.Getenv("GODEBUG")+",tracebacklabels=1", ",")), nil
}
