package whatwgurl

import "testing"

func BenchmarkParse(b *testing.B) {
	base, err := Parse("https://example.com/a/b", nil)
	if err != nil {
		b.Fatal(err)
	}
	for _, c := range []struct {
		name, input string
		base        *URL
	}{
		{"plain", "https://example.com/a/b?c=d#e", nil},
		{"port", "http://localhost:8787/api/v1/items/42?limit=10", nil},
		{"address", "http://127.0.0.1:8787/api", nil},
		{"origin", "https://example.com", nil},
		{"relative", "../c?d", base},
		{"encoded", "https://example.com/a b/ü?q=\"x\"", nil},
		{"idna", "https://bücher.example/", nil},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Parse(c.input, c.base); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkParseForm(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		ParseForm("a=1&b=two&c=three+four&d=%C3%BC")
	}
}
