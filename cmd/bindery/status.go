package main

import (
	"fmt"
	"io"
	"net"
	"slices"
	"strings"

	binderyv1 "github.com/bindery/bindery/proto/bindery/v1"
)

type statusCommand struct{}

// Help implements kong.HelpProvider.
func (statusCommand) Help() string {
	return `Shows the nodes, what they serve, and what is wrong. It asks the leader, so that what is shown is the last that was released.

Examples:
  bindery status
  bindery status --output json | jq .troubles`
}

// Run shows the status on stdout.
func (c *statusCommand) Run(e *env) error {
	return e.ask(func(r *remote) error {
		s, err := r.status()
		if err != nil {
			return err
		}
		return e.show(s, func(w io.Writer) { r.showStatus(w, s) })
	})
}

// status asks for the status, and keeps the nodes' addresses in the context.
func (r *remote) status() (*binderyv1.GetStatusResponse, error) {
	s, others, err := r.Status(r.ctx)
	if err != nil {
		return nil, err
	}
	if others {
		_ = r.context.Write(r.file) // the command has its answer without
	}
	return s, nil
}

func (r *remote) showStatus(w io.Writer, s *binderyv1.GetStatusResponse) {
	last := "no release yet"
	if s.GetRelease() > 0 {
		last = fmt.Sprintf("release %d", s.GetRelease())
	}
	fmt.Fprintf(w, "Cluster %s: %s, %s, %s\n\n", s.GetClusterId(), count(len(s.GetNodes()), "node"), count(int(s.GetWorkers()), "Worker"), last)
	table := [][]string{{"NODE", "STATE", "INGRESS", "CLUSTER", "DATA PLANE"}}
	for _, n := range s.GetNodes() {
		state := strings.ToLower(strings.TrimPrefix(n.GetState().String(), "NODE_STATE_"))
		if n.GetName() == s.GetLeader() {
			state += ", leads"
		}
		plane := "not running"
		if n.GetDataPlanePid() > 0 {
			plane = fmt.Sprintf("process %d, start %d", n.GetDataPlanePid(), n.GetDataPlaneStarts())
		}
		table = append(table, []string{n.GetName(), state, "http://" + r.near(n.GetHttpAddress()), r.near(n.GetClusterAddress()), plane})
	}
	rows(w, table)
	if len(s.GetTroubles()) > 0 {
		fmt.Fprintf(w, "\nTroubles\n")
	}
	for _, t := range s.GetTroubles() {
		fmt.Fprintf(w, "  %s\n", oneLine(t))
	}
}

// near is an address of a node as this machine reaches it: the context of a node's own machine has it on the loopback.
func (r *remote) near(address string) string {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return address
	}
	own := slices.ContainsFunc(r.context.Servers, func(s string) bool { return strings.HasPrefix(s, host+":") })
	local := slices.ContainsFunc(r.context.Servers, func(s string) bool { return strings.HasPrefix(s, "127.0.0.1:") || strings.HasPrefix(s, "localhost:") })
	if own && local || host == "127.0.0.1" {
		return net.JoinHostPort("localhost", port)
	}
	return address
}
