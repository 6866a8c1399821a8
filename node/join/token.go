package join

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"strings"
	"time"
)

// prefix begins every token, so that people and scanners for leaked secrets know one. The digit is the format.
const prefix = "bindery_join1_"

// Sizes in a token, in bytes.
const (
	idSize     = 8
	secretSize = 20
	tokenSize  = idSize + secretSize + sha256.Size + 8 + 2 + crc32.Size
)

// Bounds of a token.
const (
	MaxUses     = 1000
	MaxLifetime = 365 * 24 * time.Hour
)

// Token lets nodes into a cluster. What it says of its end and its uses is for people: the cluster keeps them itself.
type Token struct {
	ID        string // 16 hexadecimal digits
	Secret    [secretSize]byte
	Authority [sha256.Size]byte // of the certificate of the cluster's authority, DER
	Expires   time.Time         // to the second
	Uses      int
}

// ErrToken says that a text is no token.
var ErrToken = errors.New("it is no join token")

// New makes a token. Errors: a lifetime or uses out of bounds.
func New(authority [sha256.Size]byte, expires time.Time, uses int, now time.Time) (Token, error) {
	switch life := expires.Sub(now); {
	case uses < 1 || uses > MaxUses:
		return Token{}, fmt.Errorf("a token lets in 1 to %d nodes, and not %d", MaxUses, uses)
	case life < time.Second || life > MaxLifetime:
		return Token{}, fmt.Errorf("a token is good for a second to %d days, and not for %v", int(MaxLifetime.Hours()/24), life)
	}
	t := Token{Authority: authority, Expires: expires.Truncate(time.Second).UTC(), Uses: uses}
	var id [idSize]byte
	_, _ = rand.Read(id[:]) // never fails
	_, _ = rand.Read(t.Secret[:])
	t.ID = hex.EncodeToString(id[:])
	return t, nil
}

// String is the token's text: the secret itself.
func (t Token) String() string {
	id, err := hex.DecodeString(t.ID)
	if err != nil || len(id) != idSize {
		return ""
	}
	b := append([]byte(nil), id...)
	b = append(b, t.Secret[:]...)
	b = append(b, t.Authority[:]...)
	b = binary.BigEndian.AppendUint64(b, uint64(t.Expires.Unix()))
	b = binary.BigEndian.AppendUint16(b, uint16(t.Uses))
	b = binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b))
	return prefix + base64.RawURLEncoding.EncodeToString(b)
}

// Parse reads a token's text. White space around it does not matter. Errors: ErrToken, wrapped, with what is wrong; the text is never in it.
func Parse(text string) (Token, error) {
	text = strings.TrimSpace(text)
	encoded, ok := strings.CutPrefix(text, prefix)
	if !ok {
		if strings.HasPrefix(text, strings.TrimRight(prefix, "0123456789_")) {
			return Token{}, fmt.Errorf("%w of a format that this program knows: upgrade it", ErrToken)
		}
		return Token{}, fmt.Errorf("%w: one begins with %s", ErrToken, prefix)
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(encoded)
	switch {
	case strings.ContainsAny(encoded, "\r\n"): // which the decoder skips
		return Token{}, fmt.Errorf("%w: it has a line break", ErrToken)
	case len(encoded) != base64.RawURLEncoding.EncodedLen(tokenSize):
		return Token{}, fmt.Errorf("%w: it is cut off, or has something appended", ErrToken)
	case err != nil || len(b) != tokenSize:
		return Token{}, fmt.Errorf("%w: it has characters that none has", ErrToken)
	case crc32.ChecksumIEEE(b[:tokenSize-crc32.Size]) != binary.BigEndian.Uint32(b[tokenSize-crc32.Size:]):
		return Token{}, fmt.Errorf("%w: it was mistyped", ErrToken)
	}
	t := Token{ID: hex.EncodeToString(b[:idSize])}
	b = b[idSize:]
	b = b[copy(t.Secret[:], b):]
	b = b[copy(t.Authority[:], b):]
	seconds := binary.BigEndian.Uint64(b)
	t.Uses = int(binary.BigEndian.Uint16(b[8:]))
	if seconds > maxSeconds || t.Uses < 1 || t.Uses > MaxUses {
		return Token{}, fmt.Errorf("%w: its end or its uses can't be", ErrToken)
	}
	t.Expires = time.Unix(int64(seconds), 0).UTC()
	return t, nil
}

// maxSeconds is the end of the year 9999.
const maxSeconds = 253402300799

// IsID reports whether a text can be the identity of a token, or of a node.
func IsID(text string) bool {
	b, err := hex.DecodeString(text)
	return err == nil && len(b) == idSize && strings.ToLower(text) == text
}

// HashSecret is what the cluster keeps of a token's secret.
func HashSecret(secret []byte) []byte {
	sum := sha256.Sum256(secret)
	return sum[:]
}
