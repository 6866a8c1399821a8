package config

import "testing"

func TestParseSize(t *testing.T) {
	tests := []struct {
		text  string
		bytes float64
		near  string // "" where text is right, or where there is no telling
		ok    bool
	}{
		{"1B", 1, "", true},
		{"1KiB", 1024, "", true},
		{"8MiB", 8 << 20, "", true},
		{"8 MiB", 8 << 20, "", true},
		{"1.5GiB", 3 << 29, "", true},
		{"1KB", 1000, "", true},
		{"2MB", 2_000_000, "", true},
		{"3GB", 3_000_000_000, "", true},
		{"0B", 0, "", true},
		{"8mib", 0, "8MiB", false},
		{"8mb", 0, "8MB", false},
		{"8M", 0, "8MiB", false},
		{"8Ki", 0, "8KiB", false},
		{"1.5 g", 0, "1.5GiB", false},
		{"8 bytes", 0, "8B", false},
		{"8  MiB", 0, "8MiB", false},
		{"8", 0, "", false},
		{"8TiB", 0, "", false},
		{"", 0, "", false},
		{"MiB", 0, "", false},
		{"-1MiB", 0, "", false},
		{"1.MiB", 0, "", false},
		{".5MiB", 0, "", false},
		{"1.2.3MiB", 0, "", false},
		{"1e3MiB", 0, "", false},
		{" 8MiB", 0, "", false},
	}
	for _, tt := range tests {
		if bytes, near, ok := parseSize(tt.text); bytes != tt.bytes || near != tt.near || ok != tt.ok {
			t.Errorf("%q is %v, %q, %v; want %v, %q, %v", tt.text, bytes, near, ok, tt.bytes, tt.near, tt.ok)
		}
	}
}
