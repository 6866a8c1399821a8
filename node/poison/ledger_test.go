package poison

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
)

// Each case is deaths, minutes apart, and what is known afterwards. A death is "minute main|apart cause|- versions": the versions of the trace, or, in
// brackets, those of the table.
func TestLedger(t *testing.T) {
	for _, c := range []struct{ name, deaths, want string }{
		{"one that says what it died of", "0 main fatal a", "a:suspect"},
		{"nothing ran", "0 main fatal []", ""},
		{"several ran, and none is named", "0 main fatal [a b]", "a:suspect b:suspect"},
		{"the trace says more than the table", "0 main fatal a [a b]", "a:suspect"},
		{"killed once", "0 main - [a b]", ""},
		{"killed twice", "0 main - [a b] ; 5 main - [b c]", "b:suspect"},
		{"killed twice, long between", "0 main - [a] ; 11 main - [a]", ""},
		{"killed thrice, each long after the last but one", "0 main - [a] ; 9 main - [b] ; 18 main - [a]", ""},
		{"it ends the quarantine, too", "0 main fatal a ; 1 apart fatal a", "a:held"},
		{"one of two in quarantine", "0 main fatal [a b] ; 1 apart fatal b", "a:suspect b:held"},
		{"both ran, twice", "0 main fatal [a b] ; 1 apart fatal [a b]", "a:suspect b:suspect"},
		{"both ran, thrice", "0 main fatal [a b] ; 1 apart fatal [a b] ; 2 apart fatal [a b]", "a:held b:held"},
		{"quarantine is killed from outside", "0 main fatal a ; 1 apart - [a] ; 2 apart - [a]", "a:suspect"},
		{"and again", "0 main fatal a ; 1 apart - [a] ; 2 apart - [a] ; 3 apart - [a]", "a:held"},
		{"who is no suspect is not held back", "0 main fatal a ; 1 apart fatal b", "a:suspect"},
		{"it behaves for an hour", "0 main fatal a ; 61 main - []", ""},
		{"and then it doesn't: two hours", "0 main fatal a ; 61 main fatal a ; 130 main - []", "a:suspect"},
		{"what is held back stays so", "0 main fatal a ; 1 apart fatal a ; 9999 main - []", "a:held"},
		{"a suspect that ends its last requests", "0 main fatal a ; 1 main fatal a", "a:suspect"},
		{"an old suspect of the quarantine", "0 main fatal a ; 61 apart fatal a", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := &Ledger{}
			for text := range strings.SplitSeq(c.deaths, ";") {
				fields := strings.Fields(text)
				var minute int
				fmt.Sscan(fields[0], &minute)
				d := Death{Time: time.Unix(0, 0).Add(time.Duration(minute) * time.Minute), Quarantine: fields[1] == "apart"}
				if fields[2] != "-" {
					d.Trace.Cause = "fatal error: " + fields[2]
				}
				table := false
				for _, f := range fields[3:] {
					table = table || strings.HasPrefix(f, "[")
					if v := strings.Trim(f, "[]"); v != "" && table {
						d.Running = append(d.Running, v)
					} else if v != "" {
						d.Trace.Versions = append(d.Trace.Versions, v)
					}
				}
				l.Expire(d.Time)
				before := known(l)
				if changed := l.Died(d); changed != (known(l) != before) {
					t.Errorf("changed is %v: %s became %s", changed, before, known(l))
				}
				l = kept(t, l)
			}
			if got := known(l); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

// kept is a ledger that was on disk meanwhile.
func kept(t *testing.T, l *Ledger) *Ledger {
	t.Helper()
	b, err := json.Marshal(l)
	if err != nil {
		t.Fatal(err)
	}
	again := &Ledger{}
	if err := json.Unmarshal(b, again); err != nil {
		t.Fatal(err)
	}
	return again
}

// known is what the ledger says, in one line.
func known(l *Ledger) string {
	var list []string
	for _, r := range l.Records {
		switch {
		case r.HeldBack:
			list = append(list, r.Version+":held")
		case r.Suspect():
			list = append(list, r.Version+":suspect")
		}
	}
	return strings.Join(list, " ")
}

func TestReasons(t *testing.T) {
	l := &Ledger{}
	d := Death{Time: time.Unix(1, 0), Trace: Trace{Cause: "fatal error: stack overflow", Versions: []string{"a"}}}
	l.Died(d)
	if got := l.Find("a").Reason; got != "a data plane ended while it was running (fatal error: stack overflow)" {
		t.Error(got)
	}
	d.Quarantine = true
	l.Died(d)
	if got := l.Find("a").Reason; got != "it ended the data plane for suspects, too (fatal error: stack overflow)" {
		t.Error(got)
	}
	l.Keep(func(version string) bool { return version != "a" })
	if l.Find("a") != nil {
		t.Error("what is not deployed any more is remembered")
	}
}

func TestParse(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"", "{ []}"},
		{
			"fatal error: sync: unlock of unlocked mutex\n\ngoroutine 94 [running labels:{\"bindery-version\": \"abc\"}]:\nf()\n\ngoroutine 1 [select labels:{\"bindery-version\": \"def\"}]:\n",
			"{fatal error: sync: unlock of unlocked mutex [abc]}",
		},
		{
			"runtime: goroutine stack exceeds 1000000000-byte limit\nfatal error: stack overflow\n\nruntime stack:\nf()\n\ngoroutine 7 gp=0x1 m=0 mp=0x2 [running labels:{\"a\": \"b\", \"bindery-version\": \"abc\"}]:\n",
			"{fatal error: stack overflow [abc]}",
		},
		{"panic: oh\r\n\r\ngoroutine 7 [running]:\r\n", "{panic: oh []}"},
		{
			"runtime: out of memory: cannot allocate 8388608-byte block (1 in use)\nfatal error: out of memory\n\ngoroutine 9 [running labels:{\"bindery-version\": \"abc\"}]:\n",
			"{fatal error: out of memory [abc]}",
		},
		{"memory ceiling passed: 300 MB of 256 MB\n", "{memory ceiling passed: 300 MB of 256 MB []}"},
		{"SIGQUIT: quit\nPC=0x1\n\ngoroutine 9 [running labels:{\"bindery-version\": \"abc\"}]:\n", "{ []}"},
		{"==8==ERROR: ThreadSanitizer failed to allocate 0x1 (1) bytes\n", "{==8==ERROR: ThreadSanitizer failed to allocate 0x1 (1) bytes []}"},
		{"data plane: take the HTTP listener: no\n", "{ []}"},
		{"fatal error: a Worker's own words\ngoroutine 1 [running labels:{\"bindery-version\": \"abc", "{fatal error: a Worker's own words []}"},
	} {
		if got := fmt.Sprint(Parse(c.text)); got != c.want {
			t.Errorf("%q: got %s, want %s", c.text, got, c.want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("fatal error: x\n\ngoroutine 1 [running labels:{\"bindery-version\": \"abc\"}]:\n")
	f.Add("goroutine 1 [running]:\nfatal error: late")
	f.Fuzz(func(t *testing.T, text string) {
		got := Parse(text)
		if got.Cause == "" && len(got.Versions) > 0 || !strings.Contains(text, got.Cause) {
			t.Errorf("got %+v", got)
		}
	})
}

func TestTable(t *testing.T) {
	f, err := NewTable()
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	mine, err := OpenTable(f)
	if err != nil {
		t.Fatal(err)
	}
	defer mine.Close()
	theirs, err := OpenTable(f) // as another process has it
	if err != nil {
		t.Fatal(err)
	}
	defer theirs.Close()
	one, two := mine.Number("one"), mine.Number(strings.Repeat("2", 64))
	if again := mine.Number("one"); one == 0 || two == 0 || one == two || again != one {
		t.Errorf("numbers %d, %d, %d", one, two, again)
	}
	if n := mine.Number(strings.Repeat("3", 65)); n != 0 {
		t.Errorf("a name that is too long has the number %d", n)
	}
	running := mine.Running()
	running[7].Store(two)
	running[4000].Store(one)
	running[9].Store(two)
	running[10].Store(1 << 60) // what no process of ours writes
	if got := fmt.Sprint(theirs.Versions()); got != "["+strings.Repeat("2", 64)+" one]" {
		t.Errorf("got %s", got)
	}
	running[4000].Store(0)
	running[7].Store(0)
	running[9].Store(0)
	if got := theirs.Versions(); len(got) > 0 {
		t.Errorf("got %v", got)
	}
}
