package control

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"github.com/bindery/bindery/node/identity"
	"github.com/bindery/bindery/node/join"
	"github.com/bindery/bindery/node/membership"
	"github.com/bindery/bindery/node/store"
	binderyv1 "github.com/bindery/bindery/proto/bindery/v1"
)

// What a token is where nobody says otherwise.
const (
	defaultUses     = 10
	defaultLifetime = 24 * time.Hour
)

// CreateToken implements binderyv1.TokenServiceServer.
func (s *Service) CreateToken(ctx context.Context, r *binderyv1.CreateTokenRequest) (*binderyv1.CreateTokenResponse, error) {
	if len(r.GetAuthor()) > maxAuthor {
		return nil, invalid("author has more than %d bytes", maxAuthor)
	}
	uses, life := int(r.GetUses()), defaultLifetime
	if uses == 0 {
		uses = defaultUses
	}
	if n := r.GetLifetimeSeconds(); n != 0 {
		life = time.Duration(min(max(n, -1), int64(join.MaxLifetime/time.Second)+1)) * time.Second
	}
	print, err := identity.Fingerprint(s.o.Authority.Pair.Cert)
	if err != nil {
		return nil, failed(err)
	}
	made := time.Now()
	token, err := join.New(print, made.Add(life), uses, made)
	if err != nil {
		return nil, invalid("%v", err)
	}
	record := token.Record(caller(ctx, r.GetAuthor()), made)
	if _, err := s.propose(ctx, &binderyv1.Command{Body: &binderyv1.Command_PutToken{PutToken: &binderyv1.PutToken{Token: record}}}); err != nil {
		return nil, failed(err)
	}
	s.o.Logger.Info("a join token was made", "token", token.ID, "author", record.GetAuthor(), "uses", uses, "expires", token.Expires)
	answer := &binderyv1.CreateTokenResponse{Token: token.String(), Record: withoutHash(record)}
	answer.Servers, _ = addresses(s.o.Store.State())
	return answer, nil
}

func withoutHash(t *binderyv1.JoinToken) *binderyv1.JoinToken {
	t = proto.CloneOf(t)
	t.SecretHash = nil
	return t
}

// ListTokens implements binderyv1.TokenServiceServer.
func (s *Service) ListTokens(ctx context.Context, _ *binderyv1.ListTokensRequest) (*binderyv1.ListTokensResponse, error) {
	state, err := s.latest(ctx)
	if err != nil {
		return nil, failed(err)
	}
	answer := &binderyv1.ListTokensResponse{}
	for _, t := range state.Tokens() {
		answer.Tokens = append(answer.Tokens, withoutHash(t))
	}
	slices.SortStableFunc(answer.Tokens, func(a, b *binderyv1.JoinToken) int {
		if c := b.GetCreateTime().AsTime().Compare(a.GetCreateTime().AsTime()); c != 0 {
			return c
		}
		return strings.Compare(a.GetId(), b.GetId())
	})
	return answer, nil
}

// RevokeToken implements binderyv1.TokenServiceServer.
func (s *Service) RevokeToken(ctx context.Context, r *binderyv1.RevokeTokenRequest) (*binderyv1.RevokeTokenResponse, error) {
	_, err := s.propose(ctx, &binderyv1.Command{Body: &binderyv1.Command_RevokeToken{RevokeToken: &binderyv1.RevokeToken{Id: r.GetId()}}})
	var refused *store.RefusedError
	if errors.As(err, &refused) && refused.Reason == store.NoToken {
		return nil, status.Errorf(codes.NotFound, "there is no token %q: see bindery token list", clip(r.GetId(), 80))
	}
	if err != nil {
		return nil, failed(err)
	}
	s.o.Logger.Info("a join token was revoked", "token", r.GetId(), "author", caller(ctx, r.GetAuthor()))
	return &binderyv1.RevokeTokenResponse{}, nil
}

// Registry is the cluster as join.Server has it.
func (s *Service) Registry() join.Registry { return (*registry)(s) }

type registry Service

// Token implements join.Registry.
func (r *registry) Token(ctx context.Context, id string) (*binderyv1.JoinToken, error) {
	state, err := (*Service)(r).latest(ctx)
	if err != nil {
		return nil, joining(err)
	}
	return state.Token(id), nil
}

// Admit implements join.Registry.
func (r *registry) Admit(ctx context.Context, token string, node *binderyv1.Node) error {
	node = proto.CloneOf(node)
	// What changes without anybody's consent is in the node's reports only.
	node.DataPlanePid, node.DataPlaneStarts, node.HeldBack, node.Server = 0, 0, nil, false
	node.State = binderyv1.NodeState_NODE_STATE_READY
	_, err := (*Service)(r).propose(ctx, &binderyv1.Command{Body: &binderyv1.Command_AdmitNode{AdmitNode: &binderyv1.AdmitNode{TokenId: token, Node: node}}})
	return joining(err)
}

// Welcome implements join.Registry.
func (r *registry) Welcome(ctx context.Context, answer *binderyv1.JoinResponse) (err error) {
	s := (*Service)(r)
	if answer.GossipKeys, err = s.GossipKeys(ctx); err != nil {
		return joining(err)
	}
	answer.Servers, answer.Gossip = addresses(s.o.Store.State())
	return nil
}

// joining gives an error of the layers below the form that who joins understands.
func joining(err error) error {
	var not *store.NotLeaderError
	if errors.As(err, &not) && not.Leader != "" {
		return &join.RefusedError{Reason: join.NotLeader, Text: not.Error(), Leader: not.Address}
	}
	return err
}

// gossipName is what the gossip keys are sealed for, in place of a secret's name.
const gossipName = "gossip"

// GossipKeys gives the keys of the gossip. Where there are none yet, the leader makes one.
func (s *Service) GossipKeys(ctx context.Context) ([][]byte, error) {
	if state := s.o.Store.State(); state.GossipKeys() != nil {
		return s.openGossipKeys(state)
	}
	state, err := s.latest(ctx)
	if err != nil {
		return nil, err
	}
	if state.GossipKeys() == nil {
		sealed := s.o.Seal.Seal("", gossipName, membership.NewKey())
		_, err := s.propose(ctx, &binderyv1.Command{Body: &binderyv1.Command_SetGossipKeys{SetGossipKeys: &binderyv1.SetGossipKeys{Sealed: [][]byte{sealed}}}})
		var refused *store.RefusedError
		if err != nil && !errors.As(err, &refused) { // somebody else was first
			return nil, err
		}
		if state, err = s.latest(ctx); err != nil {
			return nil, err
		}
	}
	return s.openGossipKeys(state)
}

func (s *Service) openGossipKeys(state store.State) ([][]byte, error) {
	var keys [][]byte
	for _, sealed := range state.GossipKeys().GetSealed() {
		key, err := s.o.Seal.Open("", gossipName, sealed)
		if err != nil {
			return nil, err
		}
		keys = append(keys, key)
	}
	return keys, nil
}
