package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/bindery/bindery/node/join"
	binderyv1 "github.com/bindery/bindery/proto/bindery/v1"
)

type tokenCommand struct {
	Create tokenCreateCommand `cmd:"" help:"Make a token, and print the command that joins with it."`
	List   tokenListCommand   `cmd:"" help:"List tokens: whether they are good, and how many nodes joined with them."`
	Revoke tokenRevokeCommand `cmd:"" help:"Make a token worthless. Nodes that joined with it stay."`
}

type tokenCreateCommand struct {
	Uses    int32         `default:"10" help:"How many nodes may join with it, 1 to 1000."`
	Expires time.Duration `default:"24h" help:"How long it is good for, such as 30m or 24h; 8760h at most."`
}

// Help implements kong.HelpProvider.
func (tokenCreateCommand) Help() string {
	return `The token is printed once, here: the cluster keeps a hash of it. Whoever has it can add a node to the cluster until it expires, is used up or is
revoked. It names the cluster by the hash of its certificate, so that a node gives it to no other.

Examples:
  bindery token create
  bindery token create --uses 1 --expires 10m
  bindery token create --output json | jq -r .token`
}

// Run makes a token.
func (c *tokenCreateCommand) Run(e *env) error {
	return e.with(func(r *remote) error {
		answer, err := binderyv1.NewTokenServiceClient(r.Conn()).CreateToken(r.ctx, &binderyv1.CreateTokenRequest{
			Uses: c.Uses, LifetimeSeconds: int64(c.Expires / time.Second), Author: author(""),
		})
		if err != nil {
			return err
		}
		return e.show(answer, func(w io.Writer) {
			servers := answer.GetServers()
			if len(servers) == 0 {
				servers = r.context.Servers
			}
			t := answer.GetRecord()
			fmt.Fprintf(w, "Token %s lets in %s, until %s. On each:\n\n", t.GetId(), count(int(t.GetUses()), "node"), t.GetExpireTime().AsTime().Local().Format(time.DateTime))
			fmt.Fprintf(w, "  bindery node --join %s --token %s\n", strings.Join(servers, " --join "), answer.GetToken())
		})
	})
}

type tokenListCommand struct{}

// Help implements kong.HelpProvider.
func (tokenListCommand) Help() string {
	return `Tokens are forgotten a week after they have expired.

Examples:
  bindery token list`
}

// Run lists tokens.
func (c *tokenListCommand) Run(e *env) error {
	return e.with(func(r *remote) error {
		answer, err := binderyv1.NewTokenServiceClient(r.Conn()).ListTokens(r.ctx, &binderyv1.ListTokensRequest{})
		if err != nil {
			return err
		}
		return e.show(answer, func(w io.Writer) {
			if len(answer.GetTokens()) == 0 {
				fmt.Fprintln(w, "There are no tokens.")
				return
			}
			table := [][]string{{"TOKEN", "STATE", "JOINED", "EXPIRES", "AUTHOR"}}
			for _, t := range answer.GetTokens() {
				table = append(table, []string{
					t.GetId(), tokenState(t, time.Now()), fmt.Sprintf("%d of %d", len(t.GetUsedBy()), t.GetUses()),
					t.GetExpireTime().AsTime().Local().Format(time.DateTime), t.GetAuthor(),
				})
			}
			rows(w, table)
		})
	})
}

func tokenState(t *binderyv1.JoinToken, now time.Time) string {
	var refused *join.RefusedError
	if !errors.As(join.Check(t, "", now), &refused) {
		return "good"
	}
	switch refused.Reason {
	case join.Revoked:
		return "revoked"
	case join.Expired:
		return "expired"
	}
	return "used up"
}

type tokenRevokeCommand struct {
	ID string `arg:"" help:"The token's identity, as bindery token list shows it."`
}

// Help implements kong.HelpProvider.
func (tokenRevokeCommand) Help() string {
	return `Examples:
  bindery token revoke 8d1e1c5e2f6a9b03`
}

// Run revokes a token.
func (c *tokenRevokeCommand) Run(e *env) error {
	return e.with(func(r *remote) error {
		answer, err := binderyv1.NewTokenServiceClient(r.Conn()).RevokeToken(r.ctx, &binderyv1.RevokeTokenRequest{Id: c.ID, Author: author("")})
		if err != nil {
			return err
		}
		return e.show(answer, func(w io.Writer) { fmt.Fprintf(w, "Token %s is revoked.\n", c.ID) })
	})
}

type nodeListCommand struct{}

// Help implements kong.HelpProvider.
func (nodeListCommand) Help() string {
	return `Servers keep the state of the cluster; the others follow one.

Examples:
  bindery node list
  bindery node list --output json | jq -r '.nodes[].http_address'`
}

// Run lists the nodes.
func (c *nodeListCommand) Run(e *env) error {
	return e.with(func(r *remote) error {
		answer, err := r.Cluster.ListNodes(r.ctx, &binderyv1.ListNodesRequest{})
		if err != nil {
			return err
		}
		return e.show(answer, func(w io.Writer) {
			table := [][]string{{"NODE", "STATE", "SERVER", "INGRESS", "CLUSTER", "ZONE", "VERSION"}}
			for _, n := range answer.GetNodes() {
				server := "no"
				if n.GetServer() {
					server = "yes"
				}
				state := strings.ToLower(strings.TrimPrefix(n.GetState().String(), "NODE_STATE_"))
				ingress := "-"
				if n.GetHttpAddress() != "" {
					ingress = "http://" + r.near(n.GetHttpAddress())
				}
				table = append(table, []string{n.GetName(), state, server, ingress, r.near(n.GetClusterAddress()), orDash(n.GetZone()), n.GetVersion()})
			}
			rows(w, table)
		})
	})
}

// explainJoin gives errors of joining their exit codes, and says what to do; nil is of another kind.
func explainJoin(err error) error {
	var refused *join.RefusedError
	var authority *join.AuthorityError
	switch {
	case errors.As(err, &authority):
		return &cliError{code: exitRefused, err: err, hint: "the token is for another cluster, or --join names the wrong machine: nothing was given to it"}
	case errors.As(err, &refused):
		hint := "make a new token with: bindery token create"
		switch refused.Reason {
		case join.NameTaken:
			hint = "name this node otherwise with --name"
		case join.Invalid:
			hint = "see bindery node run --help"
		}
		return &cliError{code: exitRefused, err: err, hint: hint}
	}
	return nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
