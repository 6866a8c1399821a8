package store

import (
	"fmt"
	"slices"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/bindery/bindery/node/join"
	binderyv1 "github.com/bindery/bindery/proto/bindery/v1"
)

// What is kept of tokens.
const (
	// KeptTokens is how many there may be.
	KeptTokens = 1000
	// keptExpired is how long one is kept after its end, so that who still uses it is told what is wrong.
	keptExpired = 7 * 24 * time.Hour
)

// Refusals that callers tell apart.
const (
	// NoToken is the reason where a token is not there.
	NoToken = "there is no such token"
	// NoNode is the reason where a node is not there.
	NoNode = "there is no such node"
	// ErrKeysChanged is the reason where the gossip keys are others than the proposer saw.
	ErrKeysChanged = "the gossip keys were changed meanwhile: try again"
)

// putToken keeps a token, and forgets those whose end is long past.
func (a *application) putToken(t *binderyv1.JoinToken) result {
	if t.GetId() == "" || a.Token(t.GetId()) != nil {
		return refused("a token of that id is there already")
	}
	old := a.cmd.GetTime().AsTime().Add(-keptExpired)
	kept := 0
	for _, other := range a.Tokens() {
		if other.GetExpireTime().AsTime().Before(old) {
			a.delete(tableTokens, other)
			continue
		}
		kept++
	}
	if kept >= KeptTokens {
		return refused(fmt.Sprintf("there are %d tokens, which are the most: they are forgotten a week after their end", kept))
	}
	a.insert(tableTokens, t)
	return result{}
}

func (a *application) revokeToken(id string) result {
	t := a.Token(id)
	if t == nil {
		return refused(NoToken)
	}
	t = proto.CloneOf(t)
	t.Revoked = true
	a.insert(tableTokens, t)
	return result{}
}

// admit lets a node in.
func (a *application) admit(c *binderyv1.AdmitNode) result {
	node, token := c.GetNode(), a.Token(c.GetTokenId())
	if err := join.Check(token, node.GetId(), a.cmd.GetTime().AsTime()); err != nil {
		return result{err: &RefusedError{Reason: err.Error(), Cause: err}}
	}
	for _, other := range a.Nodes() {
		if other.GetName() == node.GetName() && other.GetId() != node.GetId() {
			err := &join.RefusedError{Reason: join.NameTaken, Text: fmt.Sprintf("another node is named %s", node.GetName())}
			return result{err: &RefusedError{Reason: err.Text, Cause: err}}
		}
	}
	a.insert(tableTokens, join.Use(token, node.GetId()))
	a.insert(tableNodes, node)
	return result{}
}

func (a *application) setGossipKeys(c *binderyv1.SetGossipKeys) result {
	if a.GossipKeys().GetGeneration() != c.GetReplaces() {
		return refused(ErrKeysChanged)
	}
	if len(c.GetSealed()) == 0 {
		return refused("gossip without a key is not spoken")
	}
	a.insert(tableKeys, &binderyv1.GossipKeys{Generation: c.GetReplaces() + 1, Sealed: slices.Clone(c.GetSealed())})
	return result{}
}

func (a *application) setNodeState(c *binderyv1.SetNodeState) result {
	node := a.Node(c.GetId())
	if node == nil {
		return refused(NoNode)
	}
	if c.GetState() == binderyv1.NodeState_NODE_STATE_LEFT {
		a.delete(tableNodes, node)
		return result{}
	}
	node = proto.CloneOf(node)
	node.State = c.GetState()
	a.insert(tableNodes, node)
	return result{}
}

func refused(reason string) result { return result{err: &RefusedError{Reason: reason}} }
