package join

import (
	"crypto/subtle"
	"fmt"
	"slices"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	binderyv1 "github.com/bindery/bindery/proto/bindery/v1"
)

// Reasons why a node is not let in.
const (
	UnknownToken = binderyv1.JoinReason_JOIN_REASON_UNKNOWN_TOKEN
	Expired      = binderyv1.JoinReason_JOIN_REASON_EXPIRED
	Revoked      = binderyv1.JoinReason_JOIN_REASON_REVOKED
	UsedUp       = binderyv1.JoinReason_JOIN_REASON_USED_UP
	NameTaken    = binderyv1.JoinReason_JOIN_REASON_NAME_TAKEN
	Invalid      = binderyv1.JoinReason_JOIN_REASON_INVALID
	TooMany      = binderyv1.JoinReason_JOIN_REASON_TOO_MANY
	NotLeader    = binderyv1.JoinReason_JOIN_REASON_NOT_LEADER
)

// RefusedError says why a node is not let in.
type RefusedError struct {
	Reason binderyv1.JoinReason
	Text   string
	Leader string        // for NotLeader: where to ask, "" if it is not known
	Wait   time.Duration // for TooMany: how long
}

func (e *RefusedError) Error() string { return e.Text }

// passes reports whether the same attempt may succeed later, or elsewhere.
func (e *RefusedError) passes() bool { return e.Reason == TooMany || e.Reason == NotLeader }

func refuse(reason binderyv1.JoinReason, format string, args ...any) *RefusedError {
	return &RefusedError{Reason: reason, Text: fmt.Sprintf(format, args...)}
}

// Record is what the cluster keeps of a token.
func (t Token) Record(author string, now time.Time) *binderyv1.JoinToken {
	return &binderyv1.JoinToken{
		Id: t.ID, SecretHash: HashSecret(t.Secret[:]), CreateTime: timestamppb.New(now), ExpireTime: timestamppb.New(t.Expires),
		Uses: int32(t.Uses), Author: author,
	}
}

// CheckSecret sees that a secret is that of a token; nil is a token that there isn't. It takes as long for either. Errors: *RefusedError.
func CheckSecret(token *binderyv1.JoinToken, secret []byte) error {
	if subtle.ConstantTimeCompare(HashSecret(secret), token.GetSecretHash()) != 1 {
		return refuse(UnknownToken, "the cluster knows no such token: it may have been made for another cluster, or long ago")
	}
	return nil
}

// Check sees that a node may join with a token whose secret it has. It depends on its arguments only. A node that has joined with the token
// before may again. Errors: *RefusedError.
func Check(token *binderyv1.JoinToken, node string, now time.Time) error {
	switch {
	case token == nil:
		return CheckSecret(nil, nil)
	case token.GetRevoked():
		return refuse(Revoked, "token %s was revoked", token.GetId())
	case slices.Contains(token.GetUsedBy(), node):
		return nil // its answer may have been lost, and came late
	case !now.Before(token.GetExpireTime().AsTime()):
		return refuse(Expired, "token %s expired at %s", token.GetId(), token.GetExpireTime().AsTime().Format(time.RFC3339))
	case len(token.GetUsedBy()) >= int(token.GetUses()):
		return refuse(UsedUp, "token %s is used up: %d of %d nodes have joined with it", token.GetId(), len(token.GetUsedBy()), token.GetUses())
	}
	return nil
}

// Use is the record of a token after a node has joined with it.
func Use(token *binderyv1.JoinToken, node string) *binderyv1.JoinToken {
	if slices.Contains(token.GetUsedBy(), node) {
		return token
	}
	return &binderyv1.JoinToken{
		Id: token.GetId(), SecretHash: token.GetSecretHash(), CreateTime: token.GetCreateTime(), ExpireTime: token.GetExpireTime(),
		Uses: token.GetUses(), Author: token.GetAuthor(), Revoked: token.GetRevoked(),
		UsedBy: append(slices.Clone(token.GetUsedBy()), node),
	}
}
