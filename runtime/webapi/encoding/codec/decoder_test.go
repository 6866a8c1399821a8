package codec

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"
)

func TestLookupRefuses(t *testing.T) {
	for _, label := range []string{"", "utf-8\v", "\u00a0utf-8", "utf\u212a", "none", strings.Repeat("x", 100)} {
		if e := Lookup(label); e != nil {
			t.Errorf("%q is %s", label, e.Name())
		}
	}
}

// decodeCases have the bytes in Go's notation; want is what isn't fatal gives, invalid that fatal refuses it.
var decodeCases = []struct {
	encoding, in, want string
	invalid            bool
}{
	{"utf-8", "abc", "abc", false},
	{"utf-8", "ü€😀", "ü€😀", false},
	{"utf-8", "\xFF", "\uFFFD", true},
	{"utf-8", "\xC0\x80", "\uFFFD\uFFFD", true},
	{"utf-8", "\xE0\x80\x80", "\uFFFD\uFFFD\uFFFD", true},
	{"utf-8", "\xED\xA0\x80", "\uFFFD\uFFFD\uFFFD", true},
	{"utf-8", "\xE2\x82A", "\uFFFDA", true},
	{"utf-8", "\xF0\x9F\x98", "\uFFFD", true},
	{"utf-8", "\xF0\x9F\x98\xC3\xBC", "\uFFFDü", true},
	{"utf-8", "\xF4\x90\x80\x80", "\uFFFD\uFFFD\uFFFD\uFFFD", true},
	{"utf-8", "\xF0\x80\x80\x80", "\uFFFD\uFFFD\uFFFD\uFFFD", true},
	{"utf-8", "\xEF\xBB\xBFa\xEF\xBB\xBF", "a\uFEFF", false},
	{"utf-8", "\uFFFD", "\uFFFD", false},
	{"utf-16le", "a\x00\xFC\x00", "aü", false},
	{"utf-16le", "\xFF\xFEa\x00", "a", false},
	{"utf-16le", "\x3D\xD8\x00\xDE", "😀", false},
	{"utf-16le", "\x3D\xD8a\x00", "\uFFFDa", true},
	{"utf-16le", "\x00\xDEa\x00", "\uFFFDa", true},
	{"utf-16le", "\x3D\xD8\x3D\xD8\x00\xDE", "\uFFFD😀", true},
	{"utf-16le", "a\x00b", "a\uFFFD", true},
	{"utf-16le", "\x3D\xD8", "\uFFFD", true},
	{"utf-16le", "\x3D\xD8\x00", "\uFFFD", true},
	{"utf-16be", "\xFE\xFF\x00a\xD8\x3D\xDE\x00", "a😀", false},
	{"windows-1252", "\x80\x81\xFF", "€\u0081ÿ", false},
	{"latin1", "\xE9", "é", false},
	{"windows-1253", "\xAA", "\uFFFD", true},
	{"iso-8859-8-i", "\xE0\xBF", "א\uFFFD", true},
	{"koi8-u", "\xAE", "ў", false},
	{"macintosh", "\xDB", "€", false},
	{"x-user-defined", "a\x80\xFF", "a\uF780\uF7FF", false},
	{"iso-2022-kr", "abc", "\uFFFD", true},
	{"iso-2022-kr", "", "", false},
	{"gbk", "\x80\xC4\xE3\xBA\xC3", "€你好", false},
	{"gb18030", "\x94\x39\xDA\x33\x81\x30\x81\x30", "💩\u0080", false},
	{"gb18030", "\x81\x30\x81", "\uFFFD", true},
	{"gb18030", "\xFF", "\uFFFD", true},
	{"gb18030", "\xA1\x40\xA7\xA0\xA3\xA0\xAA\xA1\xF8\xA1\xA2\xAC", "\uE4C6\uE765\u3000\uE000\uE234\uE767", false},
	{"gb18030", "\xA8\xBC\xA6\xD9", "\u1E3F\uFE10", false},
	{"gb18030", "\x84\x31\xA4\x37", "\uFFFD", false},
	{"gbk", "\xC4\x20", "\uFFFD ", true},
	{"big5", "\xA7\x41\x88\x62", "你\u00CA\u0304", false},
	{"big5", "\x87\x40", "\u43F0", false},
	{"big5", "\x81\x41", "\uFFFDA", true},
	{"big5", "\xA1", "\uFFFD", true},
	{"euc-jp", "\xC6\xFC\x8E\xB1\x8F\xB0\xA1", "日ｱ丂", false},
	{"euc-jp", "\xC6A", "\uFFFDA", true},
	{"shift_jis", "\x93\xFA\xB1\\~", "日ｱ\\~", false},
	{"shift_jis", "\xF0\x40", "\uE000", false},
	{"shift_jis", "\x81\x7F\x85\x41", "\uFFFD\x7F\uFFFDA", true},
	{"iso-2022-jp", "\x1B$BF|\x1B(Ba", "日a", false},
	{"iso-2022-jp", "\x1B(J\\~\x1B(B", "¥‾", false},
	{"iso-2022-jp", "\x1B(I1", "ｱ", false},
	{"iso-2022-jp", "\x0E", "\uFFFD", true},
	{"iso-2022-jp", "\x1B$BF", "\uFFFD", true},
	{"iso-2022-jp", "\x1B(B\x1B(B", "\uFFFD", true},
	{"iso-2022-jp", "\x1B$(DA", "\uFFFD$(DA", true},
	{"euc-kr", "\xC7\xD1", "한", false},
	{"euc-kr", "\x81A\xC7 ", "갂\uFFFD ", true},
}

func TestDecode(t *testing.T) {
	for _, c := range decodeCases {
		e := Lookup(c.encoding)
		if got, err := NewDecoder(e, false, false).Decode([]byte(c.in), false); got != c.want || err != nil {
			t.Errorf("%s %q: %q, %v; want %q", c.encoding, c.in, got, err, c.want)
		}
		got, err := NewDecoder(e, true, false).Decode([]byte(c.in), false)
		switch {
		case c.invalid && !errors.Is(err, ErrInvalid):
			t.Errorf("%s fatal %q: %q, %v", c.encoding, c.in, got, err)
		case !c.invalid && (err != nil || got != c.want):
			t.Errorf("%s fatal %q: %q, %v; want %q", c.encoding, c.in, got, err, c.want)
		}
		checkStreaming(t, e, []byte(c.in))
	}
}

// checkStreaming holds that the bytes one at a time decode to what they decode to at once, and that a flushed decoder
// begins anew.
func checkStreaming(t *testing.T, e *Encoding, in []byte) {
	t.Helper()
	once, err := NewDecoder(e, false, true).Decode(in, false)
	if err != nil {
		t.Fatal(err)
	}
	d := NewDecoder(e, false, true)
	for round := range 2 {
		var out strings.Builder
		for i := range in {
			text, err := d.Decode(in[i:i+1], true)
			if err != nil {
				t.Fatal(err)
			}
			out.WriteString(text)
		}
		text, err := d.Decode(nil, false)
		if err != nil {
			t.Fatal(err)
		}
		out.WriteString(text)
		if out.String() != once {
			t.Errorf("%s %q in round %d: %q byte by byte, %q at once", e.Name(), in, round, out.String(), once)
		}
	}
}

func TestByteOrderMark(t *testing.T) {
	d := NewDecoder(UTF8, false, false)
	var out []string
	for _, chunk := range []string{"\xEF", "\xBB", "\xBF", "\xEF\xBB\xBFa", ""} {
		text, err := d.Decode([]byte(chunk), chunk != "")
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, text)
	}
	if got := strings.Join(out, "|"); got != "|||\uFEFFa|" {
		t.Errorf("streamed: %q", got)
	}
	if got, _ := d.Decode([]byte("\xEF\xBB\xBFb"), false); got != "b" {
		t.Errorf("second stream: %q", got)
	}
	if got, _ := NewDecoder(UTF8, false, true).Decode([]byte("\uFEFFa"), false); got != "\uFEFFa" {
		t.Errorf("ignoreBOM: %q", got)
	}
	if got := DecodeBody([]byte("\uFEFF\uFEFF\xFFa")); got != "\uFEFF\uFFFDa" {
		t.Errorf("DecodeBody: %q", got)
	}
	for in, want := range map[string]string{
		"\xEF\xBB\xBF": "UTF-8", "\xFF\xFE": "UTF-16LE", "\xFE\xFFa": "UTF-16BE", "\xEF\xBB": "", "": "",
	} {
		name := ""
		if e, _ := DetectBOM([]byte(in)); e != nil {
			name = e.Name()
		}
		if name != want {
			t.Errorf("DetectBOM(%q) is %q, want %q", in, name, want)
		}
	}
}

func TestFatalBeginsAnew(t *testing.T) {
	d := NewDecoder(UTF8, true, false)
	if _, err := d.Decode([]byte("a\xFFb\xE2"), true); !errors.Is(err, ErrInvalid) {
		t.Fatal(err)
	}
	if got, err := d.Decode([]byte("ok"), false); got != "ok" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
}

func TestEncode(t *testing.T) {
	for _, c := range []struct {
		units []uint16
		want  string
	}{
		{nil, ""},
		{[]uint16{'a', 0xFC, 0x20AC}, "aü€"},
		{[]uint16{0xD83D, 0xDE00}, "😀"},
		{[]uint16{0xD83D}, "\uFFFD"},
		{[]uint16{0xDE00, 0xD83D, 'a'}, "\uFFFD\uFFFDa"},
		{[]uint16{0xD83D, 0xD83D, 0xDE00}, "\uFFFD😀"},
		{[]uint16{0xFFFD}, "\uFFFD"},
	} {
		if got := string(AppendUTF8(nil, c.units)); got != c.want {
			t.Errorf("AppendUTF8(%x) = %q, want %q", c.units, got, c.want)
		}
	}
}

func TestEncodeInto(t *testing.T) {
	text := "aü€😀z"
	for _, c := range []struct{ size, read, written int }{
		{0, 0, 0}, {1, 1, 1}, {2, 1, 1}, {3, 2, 3}, {5, 2, 3}, {6, 3, 6}, {9, 3, 6}, {10, 5, 10}, {11, 6, 11}, {20, 6, 11},
	} {
		dst := make([]byte, c.size)
		if read, written := EncodeInto(dst, utf16.Encode([]rune(text))); read != c.read || written != c.written ||
			string(dst[:written]) != text[:written] {
			t.Errorf("EncodeInto %d bytes: read %d, wrote %d %q", c.size, read, written, dst)
		}
		if read, written := EncodeStringInto(dst, text); read != c.read || written != c.written ||
			string(dst[:written]) != text[:written] {
			t.Errorf("EncodeStringInto %d bytes: read %d, wrote %d %q", c.size, read, written, dst)
		}
	}
	dst := make([]byte, 5)
	if read, written := EncodeInto(dst, []uint16{0xD800, 'a', 0xDC00}); read != 2 || written != 4 {
		t.Errorf("lone surrogates: read %d, wrote %d", read, written)
	}
}

// FuzzDecode holds that every decoder gives UTF-8 and the same at once as byte by byte, and that UTF-8 agrees with fatal.
func FuzzDecode(f *testing.F) {
	for i, c := range decodeCases {
		f.Add(uint8(i), []byte(c.in))
	}
	f.Fuzz(func(t *testing.T, which uint8, in []byte) {
		e := &encodings[int(which)%len(encodings)]
		text, err := NewDecoder(e, false, false).Decode(in, false)
		if err != nil || !utf8.ValidString(text) {
			t.Errorf("%s %q: %q, %v", e.Name(), in, text, err)
		}
		checkStreaming(t, e, in)
		if _, err := NewDecoder(UTF8, true, false).Decode(in, false); (err == nil) != utf8.Valid(in) {
			t.Errorf("fatal UTF-8 %q: %v", in, err)
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	for name, text := range map[string]string{
		"ascii": strings.Repeat("hello world ", 100), "text": strings.Repeat("grüße, 世界 ", 100),
		"broken": strings.Repeat("hello \xFF world ", 100),
	} {
		b.Run(name, func(b *testing.B) {
			d := NewDecoder(UTF8, false, false)
			data := []byte(text)
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := d.Decode(data, false); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
