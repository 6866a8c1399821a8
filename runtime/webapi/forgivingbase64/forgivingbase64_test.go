package forgivingbase64

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/bindery/bindery/runtime/webapi/wpt"
)

func TestBase64JSON(t *testing.T) {
	var table [][2]any
	wpt.Unmarshal(t, "fetch/data-urls/resources/base64.json", &table)
	count := wpt.NewTally(t, "base64.json")
	for _, row := range table {
		input := row[0].(string)
		complaint := ""
		data, err := Decode(input)
		values, valid := row[1].([]any)
		var want []byte
		for _, value := range values {
			want = append(want, byte(value.(float64)))
		}
		if valid != (err == nil) || !bytes.Equal(data, want) {
			complaint = fmt.Sprintf("%v, %v; want %v", data, err, row[1])
		}
		count.Check(strconv.QuoteToASCII(input), complaint)
	}
	count.Done()
}

func TestDecode(t *testing.T) {
	for _, c := range []struct {
		in, want string
		ok       bool
	}{
		{"", "", true},
		{" \f", "", true},
		{"YWJj", "abc", true},
		{"YQ", "a", true},
		{"YR", "a", true}, // superfluous bits
		{"Y Q\n=\t=", "a", true},
		{"YQ=", "", false},
		{"Y", "", false},
		{"====", "", false},
		{"YQ==YQ==", "", false},
		{"YW-_", "", false},
		{"YQ\v==", "", false},
		{"ÿ", "", false},
	} {
		got, err := Decode(c.in)
		if string(got) != c.want || (err == nil) != c.ok {
			t.Errorf("Decode(%q) = %q, %v", c.in, got, err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, seed := range []string{"YWJj", "YQ==", "Y Q", "=", "\x00", "ab\f\r", "////", "a\xff"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		data, err := Decode(s)
		if err != nil {
			return
		}
		again, err := Decode(Encode(data))
		if err != nil || !bytes.Equal(again, data) {
			t.Errorf("%q decodes to %q, whose encoding to %q, %v", s, data, again, err)
		}
		if want := strings.Map(func(r rune) rune {
			if strings.ContainsRune("\t\n\f\r =", r) {
				return -1
			}
			return r
		}, s); len(strings.TrimRight(Encode(data), "=")) != len(want) {
			t.Errorf("%q decodes to %d bytes", s, len(data))
		}
	})
}
