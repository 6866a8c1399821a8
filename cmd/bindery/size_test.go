package main

import "testing"

func TestSize(t *testing.T) {
	for text, want := range map[string]size{
		"64MB": 64 << 20, "512mb": 512 << 20, "2GB": 2 << 30, "2GiB": 2 << 30, "1.5G": 3 << 29, "134217728": 128 << 20, " 1 TB ": 1 << 40, "100000KB": 100000 << 10,
	} {
		var s size
		if err := s.UnmarshalText([]byte(text)); err != nil || s != want {
			t.Errorf("%q: %d, %v, want %d", text, s, err, want)
		}
	}
	for _, text := range []string{"", "much", "12XB", "-1GB", "1KB", "63MB", "9999999999TB", "NaN", "1e400"} {
		var s size
		if err := s.UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q was taken for %d", text, s)
		}
	}
}
