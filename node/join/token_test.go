package join

import (
	"errors"
	"strings"
	"testing"
	"time"
)

var noon = time.Date(2026, 8, 1, 12, 0, 0, 0, time.UTC)

func newToken(t testing.TB) Token {
	t.Helper()
	token, err := New([32]byte{1, 2, 3}, noon.Add(time.Hour), 10, noon)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func TestTokensAreRead(t *testing.T) {
	token := newToken(t)
	got, err := Parse("\n " + token.String() + "\t\n")
	if err != nil || got != token {
		t.Fatalf("%+v, %v, and not %+v", got, err, token)
	}
	if other := newToken(t); other.ID == token.ID || other.Secret == token.Secret {
		t.Error("two tokens are one")
	}
}

func TestTokensThatAreNone(t *testing.T) {
	text := newToken(t).String()
	middle := len(text) / 2
	changed := byte('A')
	if text[middle] == 'A' {
		changed = 'B'
	}
	for _, c := range []struct{ name, text, want string }{
		{"nothing", "", "begins with bindery_join1_"},
		{"something else", "hunter2", "begins with"},
		{"a newer format", "bindery_join2_AAAA", "upgrade"},
		{"cut off", text[:len(text)-3], "cut off"},
		{"appended", text + "AAAA", "appended"},
		{"mistyped", text[:middle] + string(changed) + text[middle+1:], "mistyped"},
		{"a strange character", text[:middle] + "!" + text[middle+1:], "characters"},
		{"a line break", text[:middle] + "\n" + text[middle:], "line break"},
	} {
		_, err := Parse(c.text)
		if !errors.Is(err, ErrToken) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, and not one with %q", c.name, err, c.want)
		}
		if len(c.text) > 40 && strings.Contains(err.Error(), c.text[20:40]) {
			t.Errorf("%s: the error gives the token away", c.name)
		}
	}
}

func TestBoundsOfTokens(t *testing.T) {
	for _, c := range []struct {
		life time.Duration
		uses int
	}{{time.Hour, 0}, {time.Hour, -1}, {time.Hour, MaxUses + 1}, {0, 1}, {-time.Hour, 1}, {MaxLifetime + time.Second, 1}} {
		if _, err := New([32]byte{}, noon.Add(c.life), c.uses, noon); err == nil {
			t.Errorf("a token for %v and %d uses was made", c.life, c.uses)
		}
	}
}

func FuzzParse(f *testing.F) {
	token, _ := New([32]byte{9}, noon.Add(time.Hour), MaxUses, noon)
	f.Add(token.String())
	f.Add(prefix)
	f.Add(prefix + strings.Repeat("A", 99))
	f.Add(prefix + strings.Repeat("_", 1<<10))
	f.Add("bindery_join99_x")
	f.Fuzz(func(t *testing.T, text string) {
		token, err := Parse(text)
		if err != nil {
			if !errors.Is(err, ErrToken) {
				t.Fatalf("%v", err)
			}
			return
		}
		if again := token.String(); again != strings.TrimSpace(text) {
			t.Fatalf("%q reads as %q", text, again)
		}
		if !IsID(token.ID) || token.Uses < 1 || token.Uses > MaxUses {
			t.Fatalf("%+v", token)
		}
	})
}

func TestWhoMayJoin(t *testing.T) {
	token := newToken(t)
	record := token.Record("ann", noon)
	used := record
	for _, node := range []string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"} {
		used = Use(used, node)
	}
	revoked := token.Record("ann", noon)
	revoked.Revoked = true
	revoked.UsedBy = []string{"a"}
	for _, c := range []struct {
		name string
		err  error
		want string
	}{
		{"good", Check(record, "a", noon), ""},
		{"one second before its end", Check(record, "a", token.Expires.Add(-time.Second)), ""},
		{"at its end", Check(record, "a", token.Expires), "expired at 2026-08-01T13:00:00Z"},
		{"again after its end", Check(used, "a", token.Expires.Add(time.Hour)), ""},
		{"used up", Check(used, "k", noon), "is used up: 10 of 10 nodes"},
		{"used up, by one of them", Check(used, "c", noon), ""},
		{"revoked", Check(revoked, "b", noon), "was revoked"},
		{"revoked, by one of them", Check(revoked, "a", noon), "was revoked"},
		{"none", Check(nil, "a", noon), "no such token"},
		{"its secret", CheckSecret(record, token.Secret[:]), ""},
		{"another secret", CheckSecret(record, make([]byte, secretSize)), "no such token"},
		{"no secret", CheckSecret(record, nil), "no such token"},
		{"no token", CheckSecret(nil, token.Secret[:]), "no such token"},
	} {
		if c.want == "" && c.err != nil || c.want != "" && (c.err == nil || !strings.Contains(c.err.Error(), c.want)) {
			t.Errorf("%s: %v, and not %q", c.name, c.err, c.want)
		}
	}
	if len(record.GetUsedBy()) != 0 || len(used.GetUsedBy()) != 10 || len(Use(used, "a").GetUsedBy()) != 10 {
		t.Error("uses are counted wrongly")
	}
	if strings.Contains(record.String(), string(token.Secret[:])) || len(record.GetSecretHash()) != 32 {
		t.Error("the record has the secret")
	}
}

func TestFailuresAreLimited(t *testing.T) {
	var l limiter
	now := noon
	for range hostBurst {
		if wait := l.allow("a", now); wait > 0 {
			t.Fatalf("has to wait %v", wait)
		}
		l.failed("a", now)
	}
	if wait := l.allow("a", now); wait != hostEvery {
		t.Errorf("has to wait %v", wait)
	}
	if wait := l.allow("b", now); wait > 0 {
		t.Errorf("another has to wait %v", wait)
	}
	now = now.Add(hostEvery)
	if wait := l.allow("a", now); wait > 0 {
		t.Errorf("later has to wait %v", wait)
	}
	l.failed("a", now)
	if wait := l.allow("a", now); wait != hostEvery {
		t.Errorf("has to wait %v again", wait)
	}
	// Many together are limited, too, and not all are remembered.
	for n := range 3 * maxHosts {
		l.failed(string(rune(n+1000)), now)
	}
	if wait := l.allow("c", now); wait <= 0 || len(l.hosts) > maxHosts {
		t.Errorf("a stranger waits %v, and %d addresses are remembered", wait, len(l.hosts))
	}
	if wait := l.allow("c", now.Add(time.Hour)); wait > 0 {
		t.Errorf("an hour later has to wait %v", wait)
	}
	l.failed("d", now.Add(time.Hour))
	if len(l.hosts) > 1 {
		t.Errorf("%d addresses are remembered an hour later", len(l.hosts))
	}
}
