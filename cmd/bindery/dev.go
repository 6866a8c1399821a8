package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/bindery/bindery/node/dev"
	"github.com/bindery/bindery/node/process"
	"github.com/bindery/bindery/runtime/webapi/fetch/outbound"
)

type devCommand struct {
	Path     []string `arg:"" optional:"" name:"path" help:"Folders (every wrangler file in and below is found), wrangler files, scripts. Default: the current folder."`
	Port     *int     `placeholder:"PORT" help:"Port to listen on; 0 for any that is free. Default: dev.port of the wrangler files, else 8787."`
	Env      string   `short:"e" placeholder:"NAME" help:"Environment of the wrangler files to use."`
	LogLevel string   `enum:"debug,info,log,warn,error,none" default:"info" help:"Print this and what is more severe: debug, info, log, warn, error, none. Requests are info."`
	JSON     bool     `name:"json" help:"Print one JSON object a line (see bindery help json)."`
	Watch    bool     `negatable:"" default:"true" help:"Follow the files as they change. On unless --no-watch."`
	Memory   size     `placeholder:"SIZE" help:"Memory that the process may come to, such as 512MB or 2GB. Default: half of what the machine or the control group has."`
	Private  bool     `name:"allow-private-network" help:"Let fetch() of Workers reach this machine and private networks."`
	Local    bool     `help:"Run on this machine. It always does; the flag is there for wrangler's sake."`
}

// Help implements kong.HelpProvider.
func (devCommand) Help() string {
	return `All Workers run in one process. Those with a route can be reached from outside, as roots; where none has a route, those that no
other Worker binds to are the roots. The others are private, and reached by service bindings only.

A root answers at its routes, at http://NAME.localhost:PORT/, and the first one also at http://localhost:PORT/.

When a file changes, the Workers that it belongs to are built and loaded anew, and take over between two requests. While the
files are at fault, the last good version goes on. Ctrl-C finishes the requests under way, for 10 s at most; a second one ends at once.

Examples:
  bindery dev                       every Worker in and below the current folder
  bindery dev ./gateway ./auth      these folders; the first root answers at localhost
  bindery dev hello.js --port 0     one script, on any free port`
}

// Run serves until a signal comes.
func (c *devCommand) Run(e *env) error {
	defer process.RaiseHeapFloor()()
	process.RaiseProcessors()
	port := -1
	if c.Port != nil {
		if port = *c.Port; port < 0 || port > 65535 {
			return &cliError{code: exitUsage, err: fmt.Errorf("--port %d: a port is from 0 to 65535", port), hint: "see bindery dev --help"}
		}
	}
	paths := c.Path
	if len(paths) == 0 {
		paths = []string{"."}
	}
	out := newOutput(e.stdout)
	defer out.Close()
	if c.Memory == 0 {
		c.Memory = defaultMemory()
	}
	client := outbound.New(outbound.Options{AllowPrivateNetwork: c.Private, Setting: "--allow-private-network"})
	defer client.Close()
	o := dev.Options{Paths: paths, Env: c.Env, Port: port, Watch: c.Watch, Outbound: client}
	o.Guard.Memory = int64(c.Memory)
	o.Guard.Threads = os.Getenv("GOMAXPROCS") == ""
	level := parseLevel(c.LogLevel)
	c.JSON = c.JSON || e.output == outputJSON
	if c.JSON {
		o.Reporter = &jsonReporter{out: out, level: level}
	} else {
		o.Reporter = &textReporter{out: out, level: level, color: isTerminal(e.stdout) && os.Getenv("NO_COLOR") == ""}
	}
	ctx, force, stop := signals(e.ctx)
	defer stop()
	o.Force = force
	return c.explain(dev.Run(ctx, o), o.Reporter, out, e)
}

// signals ends ctx at the first signal and closes force at the second.
func signals(parent context.Context) (ctx context.Context, force chan struct{}, stop func()) {
	ctx, cancel := context.WithCancel(parent)
	force = make(chan struct{})
	ch := make(chan os.Signal, 2)
	signal.Notify(ch, os.Interrupt, syscall.SIGTERM)
	done := make(chan struct{})
	go func() {
		select {
		case <-ch:
			cancel()
		case <-done:
			return
		}
		select {
		case <-ch:
			close(force)
		case <-done:
		}
	}()
	return ctx, force, func() {
		signal.Stop(ch)
		close(done)
		cancel()
	}
}

// explain gives errors of dev their exit codes.
func (c *devCommand) explain(err error, r dev.Reporter, out *output, e *env) error {
	var fault *dev.Fault
	var listen *dev.ListenError
	switch {
	case errors.As(err, &fault):
		code := exitConfig
		if fault.Stage == dev.Code {
			code = exitCode
		}
		if c.JSON {
			r.Faulty(fault)
			return &cliError{code: code}
		}
		out.Flush()
		color := isTerminal(e.stderr) && os.Getenv("NO_COLOR") == ""
		_, _ = io.WriteString(e.stderr, formatFault(fault, color))
		return &cliError{code: code}
	case errors.As(err, &listen):
		hint := "choose another port with --port PORT, or any that is free with --port 0"
		if errors.Is(err, syscall.EADDRINUSE) {
			hint = "another program listens there, perhaps another bindery dev: stop it, or " + hint
		}
		return &cliError{code: exitListen, err: err, hint: hint}
	case errors.Is(err, dev.ErrForced):
		return &cliError{code: exitForced, err: err}
	}
	return err
}

// isTerminal reports whether w is a character device.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
