package mimetype

import "testing"

func TestAccessors(t *testing.T) {
	parsed, ok := Parse(" Multipart/Form-Data; Boundary=\"a;b\"; charset=UTF-8; boundary=c")
	if !ok {
		t.Fatal("not parsed")
	}
	if parsed.Type() != "multipart" || parsed.Subtype() != "form-data" || parsed.Essence() != "multipart/form-data" {
		t.Errorf("type %q, subtype %q, essence %q", parsed.Type(), parsed.Subtype(), parsed.Essence())
	}
	if boundary, _ := parsed.Parameter("boundary"); boundary != "a;b" {
		t.Errorf("boundary is %q: the first must win", boundary)
	}
	if _, ok := parsed.Parameter("none"); ok {
		t.Error("a parameter that isn't there is found")
	}
	if name := parsed.Encoding().Name(); name != "UTF-8" {
		t.Errorf("encoding is %s", name)
	}
}

func TestExtractNone(t *testing.T) {
	for _, value := range []string{"", ",", "bogus", "*/*", "text/html\""} {
		if parsed, ok := Extract(value); ok {
			t.Errorf("%q gives %s", value, parsed)
		}
	}
}

// FuzzParse holds that what is parsed can be serialised and parsed to the same again.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"text/html;charset=gbk", "a/b;c=\"d\\\"e\\", "text/plain;x=\";charset=gbk, a/b", "x/x;x=\u00ff;y=\uffff", "\xff/a",
		"text/html;\", \\\", text/plain, \";charset=GBK", ";=", "a/b;a= ;b=\"\"",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for name, parse := range map[string]func(string) (*Type, bool){"parse": Parse, "extract": Extract} {
			parsed, ok := parse(s)
			if !ok {
				continue
			}
			again, ok := Parse(parsed.String())
			if !ok || again.String() != parsed.String() || len(again.Parameters) != len(parsed.Parameters) {
				t.Errorf("%s %q gives %q, which gives %v", name, s, parsed, again)
			}
		}
	})
}

func BenchmarkParse(b *testing.B) {
	for _, s := range []string{"application/json", "text/html; charset=utf-8"} {
		b.Run(s[:4], func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Parse(s)
			}
		})
	}
}
