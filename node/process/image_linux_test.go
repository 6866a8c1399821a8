package process

import (
	"bytes"
	"os"
	"strconv"
	"strings"
	"testing"
)

// fileBacked is how much of the files that are mapped is resident, in kilobytes.
func fileBacked(t *testing.T) int {
	t.Helper()
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "\nRssFile:")
	kb, err := strconv.Atoi(strings.Fields(rest)[0])
	if err != nil {
		t.Fatal(err)
	}
	return kb
}

func TestReleaseImage(t *testing.T) {
	text, err := os.ReadFile("/proc/self/exe") // in the page cache, so that much can be mapped
	if err != nil || len(text) == 0 {
		t.Fatal(err)
	}
	before := fileBacked(t)
	ReleaseImage()
	after := fileBacked(t)
	if after >= before {
		t.Errorf("%d KB of files are resident after, %d before", after, before)
	}
	if _, err := strconv.ParseFloat("1e400", 64); err == nil { // what was given back is still there
		t.Error("no error")
	}
}

func TestMapping(t *testing.T) {
	for _, c := range []struct {
		line     string
		from, to uintptr
	}{
		{"00400000-01470000 r-xp 00000000 fe:00 1234                               /opt/bindery", 0x400000, 0x1470000},
		{"01470000-025a6000 r--p 01070000 fe:00 1234                               /opt/bindery", 0x1470000, 0x25a6000},
		{"025a6000-0283a000 rw-p 021a6000 fe:00 1234                               /opt/bindery", 0, 0},
		{"00400000-01470000 r-xp 00000000 fe:00 1234                               /opt/bindery (deleted)", 0, 0},
		{"7f2304945000-7f2304a9b000 r-xp 00026000 fe:00 99                         /usr/lib/libc.so.6", 0, 0},
		{"nonsense /opt/bindery", 0, 0},
	} {
		if from, to := mapping(c.line, "/opt/bindery"); from != c.from || to != c.to {
			t.Errorf("%s: %x-%x", c.line, from, to)
		}
	}
}

func TestReleaseGivesPagesBack(t *testing.T) {
	resident := func() int {
		text, _ := os.ReadFile("/proc/self/status")
		_, rest, _ := strings.Cut(string(text), "\nRssAnon:")
		kb, _ := strconv.Atoi(strings.Fields(rest)[0])
		return kb
	}
	floor := make([]byte, heapFloor)
	for i := range floor {
		floor[i] = 1
	}
	before := resident()
	release(floor)
	if less := before - resident(); less < heapFloor>>10*3/4 {
		t.Errorf("only %d KB less are resident", less)
	}
	if page := os.Getpagesize(); bytes.ContainsFunc(floor[page:len(floor)-page], func(r rune) bool { return r != 0 }) {
		t.Error("it isn't empty")
	}
}
