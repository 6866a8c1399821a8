package membership

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
)

// KeySize is the length of a gossip key, in bytes: AES-256-GCM.
const KeySize = 32

// NewKey makes a gossip key.
func NewKey() []byte {
	key := make([]byte, KeySize)
	_, _ = rand.Read(key) // never fails
	return key
}

func checkKeys(keys [][]byte) error {
	if len(keys) == 0 {
		return errors.New("gossip without a key is not spoken")
	}
	for _, k := range keys {
		if len(k) != KeySize {
			return fmt.Errorf("a gossip key has %d bytes, and this one %d", KeySize, len(k))
		}
	}
	return nil
}

// SetKeys replaces the keys: what is said is encrypted under the first, and what is heard may be under any. To exchange a key, every node gets
// [old, new], then [new, old], then [new], each step when all have made the one before.
func (g *Group) SetKeys(keys [][]byte) error {
	if err := checkKeys(keys); err != nil {
		return fmt.Errorf("exchange gossip keys: %w", err)
	}
	for _, k := range keys {
		if err := g.ring.AddKey(k); err != nil {
			return fmt.Errorf("exchange gossip keys: %w", err)
		}
	}
	// Each one used moves to the front: those that are wanted end up there, in order, and the others behind them. Removing the last one
	// leaves in place what a packet that is being decrypted still looks at; removing any other would not.
	for _, k := range slices.Backward(keys) {
		if err := g.ring.UseKey(k); err != nil {
			return fmt.Errorf("exchange gossip keys: %w", err)
		}
	}
	for _, k := range slices.Backward(slices.Clone(g.ring.GetKeys())) {
		if slices.ContainsFunc(keys, func(wanted []byte) bool { return bytes.Equal(wanted, k) }) {
			continue
		}
		if err := g.ring.RemoveKey(k); err != nil {
			return fmt.Errorf("exchange gossip keys: %w", err)
		}
	}
	return nil
}
