package config

import "testing"

func TestClosest(t *testing.T) {
	tests := []struct {
		name       string
		candidates []string
		want       string
	}{
		{"auht", []string{"gateway", "auth"}, "auth"},
		{"Auth", []string{"auth"}, "auth"},
		{"my_worker", []string{"my-worker"}, "my-worker"},
		{"api", []string{"app", "abc"}, "app"},
		{"c", []string{"a", "b"}, ""}, // all letters wrong is another name, not a slip
		{"B", []string{"a", "b"}, "b"},
		{"ab", []string{"ac"}, ""},
		{"nope", []string{"auth"}, ""},
		{"", []string{"a"}, ""},
	}
	for _, tt := range tests {
		if got := closest(tt.name, tt.candidates); got != tt.want {
			t.Errorf("closest(%q, %q) = %q, want %q", tt.name, tt.candidates, got, tt.want)
		}
	}
}
