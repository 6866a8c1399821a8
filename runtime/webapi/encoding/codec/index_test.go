package codec

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"strings"
	"testing"
)

// TestIndexes guards the tables that come from golang.org/x/text. testdata/index_hashes.txt has a hash for each legacy
// encoding over what all its sequences of one, two and (for JIS X 0212 and gb18030) more bytes decode to. When the file
// was written, each pointer of the standard's index files (github.com/whatwg/encoding at a985b62a9b45, 2026-05-21) had
// been compared with this package, without a difference.
func TestIndexes(t *testing.T) {
	file, err := os.Open("testdata/index_hashes.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	want := make(map[string]string)
	for lines := bufio.NewScanner(file); lines.Scan(); {
		if name, hash, ok := strings.Cut(lines.Text(), "\t"); ok {
			want[name] = hash
		}
	}
	for i := range encodings {
		e := &encodings[i]
		if e.table == nil && e.double == nil {
			continue
		}
		if got := hashDecoded(t, e); got != want[e.name] {
			t.Errorf("%s\t%s: not what was checked against the standard, compare its index again", e.name, got)
		}
	}
}

func hashDecoded(t *testing.T, e *Encoding) string {
	t.Helper()
	hash := sha256.New()
	d := NewDecoder(e, false, true)
	add := func(sequence ...byte) {
		text, err := d.Decode(sequence, false)
		if err != nil {
			t.Fatal(err)
		}
		hash.Write([]byte(text + "\n"))
	}
	for lead := range 256 {
		add(byte(lead))
		if e.table != nil {
			continue
		}
		for trail := range 256 {
			switch e.name {
			case "ISO-2022-JP":
				add(0x1B, '$', 'B', byte(lead), byte(trail))
				continue
			case "EUC-JP":
				add(0x8F, byte(lead), byte(trail))
			case "gb18030":
				add(byte(lead), '0'+byte(trail%10), 0x81+byte(trail/2), '0'+byte(lead%10))
			}
			add(byte(lead), byte(trail))
		}
	}
	return hex.EncodeToString(hash.Sum(nil)[:8])
}
