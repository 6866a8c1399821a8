package bounds

import (
	"runtime"
	"testing"
)

func TestStackIsMeasured(t *testing.T) {
	if runtime.GOARCH != "amd64" && runtime.GOARCH != "arm64" {
		t.Skip("not on " + runtime.GOARCH)
	}
	if maxStack != 128<<20 {
		t.Fatalf("stackUsed gives %d here and %d deeper", stackUsed(), deeper(64))
	}
}
