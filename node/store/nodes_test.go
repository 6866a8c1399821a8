package store

import (
	"bytes"
	"errors"
	"fmt"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bindery/bindery/node/join"
	binderyv1 "github.com/bindery/bindery/proto/bindery/v1"
)

var noon = time.Date(2026, 8, 1, 12, 0, 0, 0, time.UTC)

// at is a command of a time.
func at(when time.Time, body any) *binderyv1.Command {
	c := &binderyv1.Command{Format: Format, Time: timestamppb.New(when)}
	switch b := body.(type) {
	case *binderyv1.JoinToken:
		c.Body = &binderyv1.Command_PutToken{PutToken: &binderyv1.PutToken{Token: b}}
	case *binderyv1.RevokeToken:
		c.Body = &binderyv1.Command_RevokeToken{RevokeToken: b}
	case *binderyv1.AdmitNode:
		c.Body = &binderyv1.Command_AdmitNode{AdmitNode: b}
	case *binderyv1.SetGossipKeys:
		c.Body = &binderyv1.Command_SetGossipKeys{SetGossipKeys: b}
	case *binderyv1.SetNodeState:
		c.Body = &binderyv1.Command_SetNodeState{SetNodeState: b}
	default:
		panic(body)
	}
	return c
}

func token(id string, uses int32, end time.Time) *binderyv1.JoinToken {
	return &binderyv1.JoinToken{Id: id, Uses: uses, CreateTime: timestamppb.New(noon), ExpireTime: timestamppb.New(end)}
}

func admission(token, id, name string) *binderyv1.AdmitNode {
	return &binderyv1.AdmitNode{TokenId: token, Node: &binderyv1.Node{Id: id, Name: name}}
}

func TestNodesAreLetIn(t *testing.T) {
	r := newReplica(t)
	r.apply(at(noon, token("t1", 2, noon.Add(time.Hour))))
	r.apply(at(noon, token("t2", 2, noon.Add(time.Hour))))
	for _, c := range []struct {
		name string
		cmd  *binderyv1.Command
		want binderyv1.JoinReason
	}{
		{"the first", at(noon, admission("t1", "1", "n1")), 0},
		{"the first again", at(noon.Add(2*time.Hour), admission("t1", "1", "n1")), 0},
		{"another of that name", at(noon, admission("t1", "2", "n1")), join.NameTaken},
		{"no such token", at(noon, admission("t9", "2", "n2")), join.UnknownToken},
		{"too late", at(noon.Add(time.Hour), admission("t1", "2", "n2")), join.Expired},
		{"the second", at(noon, admission("t1", "2", "n2")), 0},
		{"one too many", at(noon, admission("t1", "3", "n3")), join.UsedUp},
		{"a revocation", at(noon, &binderyv1.RevokeToken{Id: "t2"}), 0},
		{"a revoked token", at(noon, admission("t2", "3", "n3")), join.Revoked},
	} {
		got := r.apply(c.cmd)
		var why *join.RefusedError
		if c.want == 0 && got.err != nil || c.want != 0 && (!errors.As(got.err, &why) || why.Reason != c.want) {
			t.Errorf("%s: %v", c.name, got.err)
		}
	}
	if got := len(r.now().Nodes()); got != 2 || r.broken != nil {
		t.Errorf("%d nodes, %v", got, r.broken)
	}
}

func TestNodesChangeAndGo(t *testing.T) {
	r := newReplica(t)
	r.apply(at(noon, token("t1", 2, noon.Add(time.Hour))))
	r.apply(at(noon, admission("t1", "1", "n1")))
	lost := r.apply(at(noon, &binderyv1.SetNodeState{Id: "1", State: binderyv1.NodeState_NODE_STATE_LOST}))
	if n := r.now().Node("1"); lost.err != nil || n.GetState() != binderyv1.NodeState_NODE_STATE_LOST || n.GetName() != "n1" {
		t.Errorf("%+v, %v", n, lost.err)
	}
	left := r.apply(at(noon, &binderyv1.SetNodeState{Id: "1", State: binderyv1.NodeState_NODE_STATE_LEFT}))
	if left.err != nil || len(r.now().Nodes()) != 0 {
		t.Errorf("%v, %v", r.now().Nodes(), left.err)
	}
	var refused *RefusedError
	again := r.apply(at(noon, &binderyv1.SetNodeState{Id: "1", State: binderyv1.NodeState_NODE_STATE_READY}))
	if !errors.As(again.err, &refused) || refused.Reason != NoNode {
		t.Error(again.err)
	}
	if got := r.apply(at(noon, &binderyv1.RevokeToken{Id: "t9"})); !errors.As(got.err, &refused) || refused.Reason != NoToken {
		t.Error(got.err)
	}
}

func TestGossipKeysAreExchangedOnce(t *testing.T) {
	r := newReplica(t)
	first := r.apply(at(noon, &binderyv1.SetGossipKeys{Sealed: [][]byte{{1}}}))
	late := r.apply(at(noon, &binderyv1.SetGossipKeys{Sealed: [][]byte{{2}}}))
	var refused *RefusedError
	if first.err != nil || !errors.As(late.err, &refused) || refused.Reason != ErrKeysChanged {
		t.Errorf("%v, %v", first.err, late.err)
	}
	second := r.apply(at(noon, &binderyv1.SetGossipKeys{Sealed: [][]byte{{2}, {1}}, Replaces: 1}))
	if k := r.now().GossipKeys(); second.err != nil || k.GetGeneration() != 2 || !bytes.Equal(k.GetSealed()[0], []byte{2}) {
		t.Errorf("%v, %v", k, second.err)
	}
	if none := r.apply(at(noon, &binderyv1.SetGossipKeys{Replaces: 2})); none.err == nil {
		t.Error("all keys were taken away")
	}
}

func TestTokensAreForgotten(t *testing.T) {
	r := newReplica(t)
	for n := range KeptTokens {
		if got := r.apply(at(noon, token(fmt.Sprint("t", n), 1, noon.Add(time.Hour)))); got.err != nil {
			t.Fatal(got.err)
		}
	}
	var refused *RefusedError
	if got := r.apply(at(noon.Add(2*time.Hour), token("more", 1, noon.Add(3*time.Hour)))); !errors.As(got.err, &refused) {
		t.Error("there are more tokens than may be")
	}
	later := noon.Add(2*time.Hour + keptExpired)
	if got := r.apply(at(later, token("more", 1, later.Add(time.Hour)))); got.err != nil || len(r.now().Tokens()) != 1 {
		t.Errorf("%d tokens, %v", len(r.now().Tokens()), got.err)
	}
	if got := r.apply(at(later, token("more", 1, later.Add(time.Hour)))); !errors.As(got.err, &refused) {
		t.Error("a token was made twice")
	}
}

// What is new in the state is in its snapshots, too.
func TestNodesAndTokensAreInSnapshots(t *testing.T) {
	r := newReplica(t)
	r.apply(at(noon, token("t1", 2, noon.Add(time.Hour))))
	r.apply(at(noon, admission("t1", "1", "n1")))
	r.apply(at(noon, &binderyv1.SetGossipKeys{Sealed: [][]byte{{1}}}))
	var b bytes.Buffer
	if err := r.now().Write(&b); err != nil {
		t.Fatal(err)
	}
	s, err := Read(&b)
	if err != nil {
		t.Fatal(err)
	}
	if s.Hash() != r.now().Hash() || s.Token("t1").GetUsedBy()[0] != "1" || s.GossipKeys().GetGeneration() != 1 || s.Node("1") == nil {
		t.Errorf("%v, %v, %v", s.Tokens(), s.GossipKeys(), s.Nodes())
	}
}
