package daemon

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/bindery/bindery/node/control"
	"github.com/bindery/bindery/node/seal"
	binderyv1 "github.com/bindery/bindery/proto/bindery/v1"
)

// Options of a node.
type Options struct {
	// Data is the data directory; it is made if it is not there.
	Data string
	// Name is the node's; "" is the host's. A node keeps its name.
	Name string
	// HTTP, Cluster, Peer and Gossip are addresses as host:port. With port 0 any that is free is taken at the first start, and kept. "" is the
	// default.
	HTTP, Cluster, Peer, Gossip string
	// Advertise is the host by which others reach this machine; "" finds one.
	Advertise string
	Memory    int64 // bytes that Workers may take
	Zone      string
	Labels    map[string]string
	// Join are addresses of a cluster's servers, host:port, that a new node joins with Token; none makes a cluster. Where the node has joined,
	// they are asked beside those that it knows, and Token is not needed.
	Join  []string
	Token string
	// Version is that of the program, for status.
	Version string
	// KeepContext writes a context among the user's own, too.
	KeepContext bool

	// Checker checks code, and Start starts what serves.
	Checker control.Checker
	Start   func(AgentOptions) (Agent, error)

	Logger *slog.Logger // nil drops what the node says
	// Ready is told, once, when the node takes calls and its data plane runs.
	Ready func(File)
	// StopTimeout is how long requests under way may take when the node stops; 0 is DefaultStopTimeout.
	StopTimeout time.Duration
	// Force ends that wait at once when it is closed. May be nil.
	Force <-chan struct{}
}

// OptionError says that an option can't be.
type OptionError struct{ Option, Value, Want string }

func (e *OptionError) Error() string { return fmt.Sprintf("--%s %s: %s", e.Option, e.Value, e.Want) }

// check looks at options by themselves.
func (o Options) check() error {
	if o.Name != "" && !nodeName.MatchString(o.Name) {
		return &OptionError{Option: "name", Value: o.Name, Want: wantNodeName}
	}
	for _, a := range []struct{ what, asked string }{{"http", o.HTTP}, {"cluster", o.Cluster}, {"peer", o.Peer}, {"gossip", o.Gossip}} {
		if a.asked == "" {
			continue
		}
		if _, _, err := split(a.what, a.asked); err != nil {
			return err
		}
	}
	for _, server := range o.Join {
		if host, port, err := split("join", server); err != nil {
			return err
		} else if host == "" || port == "0" {
			return &OptionError{Option: "join", Value: server, Want: "it is the HOST:PORT of another node's --cluster"}
		}
	}
	return nil
}

// DefaultStopTimeout is how long requests under way may take when the node stops.
const DefaultStopTimeout = 10 * time.Second

// AgentOptions are what the assembly gives an agent.
type AgentOptions struct {
	Data    string // the data directory
	Bundles string // the directory of bundles
	Key     *seal.Key
	Node    string // the node's name
	// HTTP is where to serve, host:port. Where Spare is set and the port is taken, another will do.
	HTTP  string
	Spare bool
	// Fetch gets a bundle that is not there; nil where all are.
	Fetch  func(ctx context.Context, hash string) error
	Memory int64
	Drain  time.Duration // how long requests under way may take when the node stops
	Logger *slog.Logger
}

// Agent serves assignments. Its methods may be called from any goroutine.
type Agent interface {
	// Assign replaces what is to be served. It does not wait.
	Assign(*binderyv1.Assignments)
	// State tells what is served now, and a channel that is closed when that changes.
	State() (AgentState, <-chan struct{})
	// Stop ends serving: requests under way may take until AgentOptions.Drain is over, or force is closed, which may be nil.
	Stop(force <-chan struct{})
	// Detach leaves what serves running, for the next control process to adopt.
	Detach()
}

// AgentState is what an agent is at.
type AgentState struct {
	HTTP     string // the address that is served, as the listener has it
	PID      int    // of the data plane; 0 while there is none
	Starts   int    // how often one was started or adopted
	Index    uint64 // of the assignments that are served
	Failed   map[string]string
	HeldBack []*binderyv1.HeldBack
}

// File is DATA/node.json.
type File struct {
	Name         string `json:"name"`
	PID          int    `json:"pid"`
	DataPlanePID int    `json:"data_plane_pid"`
	HTTP         string `json:"http"`
	Cluster      string `json:"cluster"`
	Peer         string `json:"peer"`
	Gossip       string `json:"gossip"`
}
