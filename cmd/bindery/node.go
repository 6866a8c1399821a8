package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"syscall"

	"github.com/bindery/bindery/node/compiler"
	"github.com/bindery/bindery/node/daemon"
	"github.com/bindery/bindery/node/store"
)

type nodeCommands struct {
	Run  nodeCommand     `cmd:"" default:"withargs" help:"Run a node. The word run may be left out."`
	List nodeListCommand `cmd:"" help:"List the nodes of the cluster."`
}

// Help implements kong.HelpProvider.
func (nodeCommands) Help() string {
	return `bindery node --data DIR runs a node: bindery node run --help has its flags.`
}

type nodeCommand struct {
	Data      string            `placeholder:"DIR" help:"Data directory; it is made if it is not there. Default: bindery in the user's data directory (~/.local/share)."`
	Name      string            `placeholder:"NAME" help:"Name of the node, which it keeps. Default: that of the host."`
	HTTP      string            `name:"http" placeholder:"ADDR" help:"Where Workers are served, as HOST:PORT. Default: :8080."`
	Cluster   string            `placeholder:"ADDR" help:"Where gRPC and raft are served, with TLS. Default: :7480."`
	Peer      string            `placeholder:"ADDR" help:"Where other nodes' ingress is served, with TLS, once there are other nodes. Default: :7481."`
	Gossip    string            `placeholder:"ADDR" help:"Where nodes watch each other, encrypted, once there are other nodes. Default: :7482."`
	Advertise string            `placeholder:"HOST" help:"Host by which others reach this machine. Default: the host of the addresses, else an address of this machine."`
	Join      []string          `placeholder:"HOST:PORT" help:"Join a cluster, of which this is where a server's gRPC is. May be given again."`
	Token     string            `placeholder:"TOKEN" env:"BINDERY_TOKEN" help:"Token to join with, as bindery token create prints it; @FILE reads it from a file."`
	Memory    size              `placeholder:"SIZE" help:"Memory that the process that runs Workers may come to, such as 512MB or 2GB. Default: half of what the machine or the control group has."`
	Zone      string            `placeholder:"NAME" help:"Zone of the machine: replicas are spread over zones."`
	Label     map[string]string `placeholder:"KEY=VALUE" help:"Label of the machine, which Workers may ask for. May be given again."`
	LogLevel  string            `enum:"debug,info,log,warn,error,none" default:"info" help:"Print this and what is more severe: debug, info, log, warn, error, none. Requests are debug."`
	Private   bool              `name:"allow-private-network" help:"Let fetch() of Workers reach this machine and private networks."`
}

// Help implements kong.HelpProvider.
func (nodeCommand) Help() string {
	return `The first start on a data directory makes a cluster of one node: its certificates, and a context for this user, so that bindery deploy and the
other commands find it (see bindery help contexts). Later starts go on with what is there.

With --join and --token the first start joins a cluster instead: the token names the cluster, so that it is given to no other, and the node gets a
certificate of its own. While no server can be reached it tries again.

With port 0 any that is free is taken; so it is where a default port is taken at the first start. A port that was found is kept over
restarts. DIR/node.json has the addresses and process ids while the node runs.

Workers run in a process of their own. When this process is killed they are served on, and its next start takes over. Ctrl-C or
SIGTERM finishes the requests under way, for 10 s at most; a second one ends at once.

Examples:
  bindery node --data ./n1 --http :8080
  bindery node --data ./n1 --http 127.0.0.1:0 --zone eu-1 --label disk=ssd
  bindery node --data ./n2 --join 10.0.0.1:7480 --token "$TOKEN"    its first start; later ones need neither`
}

// token is the text of --token.
func (c *nodeCommand) token() (string, error) {
	name, file := strings.CutPrefix(c.Token, "@")
	if !file {
		return c.Token, nil
	}
	b, err := os.ReadFile(name)
	if err != nil {
		return "", &cliError{code: exitUsage, err: fmt.Errorf("read the token: %w", err)}
	}
	return strings.TrimSpace(string(b)), nil
}

// Run runs the node until a signal comes.
func (c *nodeCommand) Run(e *env) error {
	dir, err := c.dir()
	if err != nil {
		return err
	}
	if c.Memory == 0 {
		c.Memory = defaultMemory()
	}
	out := newOutput(e.stderr)
	defer out.Close()
	logger := c.logger(e, out)
	token, err := c.token()
	if err != nil {
		return err
	}
	checker := compiler.NewChecker(compiler.Limits{})
	defer checker.Close()
	ctx, force, stop := signals(e.ctx)
	defer stop()
	defer context.AfterFunc(ctx, func() {
		fmt.Fprintln(e.stdout, "Stopping: requests under way are finished first (Ctrl-C again ends at once).")
	})()
	err = daemon.Run(ctx, daemon.Options{
		Data: dir, Name: c.Name, HTTP: c.HTTP, Cluster: c.Cluster, Peer: c.Peer, Gossip: c.Gossip, Advertise: c.Advertise,
		Memory: int64(c.Memory), Zone: c.Zone, Labels: c.Label, Join: c.Join, Token: token, Version: programVersion(), KeepContext: true,
		Checker: checker, Start: c.startAgent(e), Logger: logger, Force: force,
		Ready: func(f daemon.File) { c.ready(e, dir, f) },
	})
	return c.explain(dir, err)
}

func (c *nodeCommand) dir() (string, error) {
	if c.Data != "" {
		return c.Data, nil
	}
	base := os.Getenv("XDG_DATA_HOME")
	if base == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return "", &cliError{code: exitUsage, err: fmt.Errorf("find the user's data directory: %w", err), hint: "name one with --data DIR"}
		}
		base = filepath.Join(home, ".local", "share")
	}
	return filepath.Join(base, "bindery"), nil
}

// logger writes to standard error, by a goroutine of its own.
func (c *nodeCommand) logger(e *env, out *output) *slog.Logger {
	least := map[level]slog.Level{levelDebug: slog.LevelDebug, levelInfo: slog.LevelInfo, levelWarn: slog.LevelWarn, levelError: slog.LevelError, levelNone: slog.LevelError + 1}
	o := &slog.HandlerOptions{Level: least[parseLevel(c.LogLevel)]}
	w := lineWriter{out}
	if e.output == outputJSON {
		return slog.New(slog.NewJSONHandler(w, o))
	}
	return slog.New(slog.NewTextHandler(w, o))
}

// lineWriter gives whole lines to an output.
type lineWriter struct{ out *output }

func (w lineWriter) Write(p []byte) (int, error) {
	w.out.print(func(b []byte) []byte { return append(b, p...) })
	return len(p), nil
}

// ready says where the node is reached.
func (c *nodeCommand) ready(e *env, dir string, f daemon.File) {
	if e.output == outputJSON {
		fmt.Fprintf(e.stdout, `{"type":"ready","name":%q,"pid":%d,"data_plane_pid":%d,"http":%q,"cluster":%q,"peer":%q,"gossip":%q}`+"\n",
			f.Name, f.PID, f.DataPlanePID, f.HTTP, f.Cluster, f.Peer, f.Gossip)
		return
	}
	fmt.Fprintf(e.stdout, "Node %s is ready.\n\n  Workers   http://%s\n  Cluster   %s\n",
		f.Name, strings.Replace(f.HTTP, "127.0.0.1:", "localhost:", 1), f.Cluster)
	if context := filepath.Join(dir, "context.json"); exists(context) { // not where the node joined
		fmt.Fprintf(e.stdout, "  Context   %s\n", context)
	}
	fmt.Fprint(e.stdout, "  Ctrl-C stops.\n\n")
}

// explain gives errors of a node their exit codes, and says what to do.
func (c *nodeCommand) explain(dir string, err error) error {
	if err := explainJoin(err); err != nil {
		return err
	}
	var option *daemon.OptionError
	var locked *daemon.LockedError
	var wrong *daemon.WrongClusterError
	var listen *daemon.ListenError
	var damaged *store.DamagedLogError
	var part *daemon.DataError
	switch {
	case errors.As(err, &option):
		return &cliError{code: exitUsage, err: err, hint: "see bindery node run --help"}
	case errors.As(err, &locked):
		return &cliError{code: exitData, err: err, hint: "a node has its data directory for itself: stop the other one, or name another directory with --data"}
	case errors.As(err, &wrong):
		return &cliError{code: exitData, err: err, hint: "parts of two clusters are mixed up: restore the directory from a backup, or start with another one"}
	case errors.As(err, &listen):
		hint := "choose another address with --" + listen.What + ", or any free port with --" + listen.What + " :0"
		if errors.Is(err, syscall.EADDRINUSE) {
			hint = "another program listens there, perhaps another node: stop it, or " + hint
		}
		return &cliError{code: exitListen, err: err, hint: hint}
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT), errors.Is(err, syscall.EFBIG):
		return &cliError{code: exitData, err: err, hint: "make room on the disk of " + dir}
	case errors.Is(err, fs.ErrPermission):
		return &cliError{code: exitData, err: err, hint: "the user needs to read and write " + dir}
	case errors.As(err, &part), errors.As(err, &damaged), errors.Is(err, store.ErrDamaged):
		return &cliError{code: exitData, err: err, hint: "restore " + dir + " from a backup, or start with another data directory and deploy again; what is damaged is not guessed at"}
	}
	return err
}

// programVersion is that of this program.
func programVersion() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}
