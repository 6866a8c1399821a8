// Package fire_test runs healthy Workers beside hostile ones, slow ones and reloads, and checks every answer of the healthy ones: none may be
// wrong, lost or late, whatever the neighbours do, and when all is over nothing may be left.
//
// The calls are chosen at random from a seed, which is printed; the same seed makes each client send the same calls again, though not
// at the same instants. The environment sets what a run is:
//
//	BINDERY_FIRE=10m      how long each of the tests goes on (default 4s, in short mode 1s)
//	BINDERY_FIRE_SEED=7   the seed (default: another one each time)
package fire_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/bindery/bindery/node/compiler"
)

// binary is the command under test: built when first needed, or given ready by BINDERY_BINARY.
var binary = os.Getenv("BINDERY_BINARY")

func TestMain(m *testing.M) {
	if compiler.Main() {
		return
	}
	dir, err := os.MkdirTemp("", "bindery-fire")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	folder = dir
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

var folder string // for the binary

func build(t *testing.T) string {
	t.Helper()
	if binary == "" {
		binary = filepath.Join(folder, "bindery")
		if out, err := exec.Command("go", "build", "-o", binary, "../../cmd/bindery").CombinedOutput(); err != nil {
			t.Fatalf("build: %v\n%s", err, out)
		}
	}
	return binary
}

// length is how long a run goes on.
func length(t *testing.T) time.Duration {
	t.Helper()
	text := os.Getenv("BINDERY_FIRE")
	switch {
	case text == "" && testing.Short():
		return time.Second
	case text == "":
		return 4 * time.Second
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		t.Fatalf("BINDERY_FIRE: %v", err)
	}
	return d
}

// seed chooses what is sent.
func seed(t *testing.T) uint64 {
	t.Helper()
	s := rand.Uint64N(1 << 32)
	if text := os.Getenv("BINDERY_FIRE_SEED"); text != "" {
		var err error
		if s, err = strconv.ParseUint(text, 10, 64); err != nil {
			t.Fatalf("BINDERY_FIRE_SEED: %v", err)
		}
	}
	t.Logf("the same calls again: BINDERY_FIRE_SEED=%d", s)
	return s
}

// worker is one Worker of the mix.
type worker struct {
	name, file string
	services   []string // NAME=worker
	cpuMS      int
	memory     int64 // bytes, in process only
}

// mix is who there is. Only the healthy ones and the first hostile one are ever edited.
var mix = []worker{
	{name: "front", file: "front.js", services: []string{"MIDDLE=middle", "LEAF=leaf", "SLOW=slow", "HOSTILE=hostile", "SILENT=silent", "GREEDY=greedy", "SELF=front"}},
	{name: "middle", file: "middle.js", services: []string{"LEAF=leaf"}},
	{name: "leaf", file: "leaf.js"},
	{name: "slow", file: "slow.js"},
	{name: "hostile", file: "hostile.js", services: []string{"LEAF=leaf"}, cpuMS: 100},
	{name: "silent", file: "hostile.js", services: []string{"LEAF=leaf"}, cpuMS: 100},
	{name: "greedy", file: "hostile.js", services: []string{"LEAF=leaf"}, cpuMS: 1000, memory: 48 << 20},
}

var healthy = map[string]bool{"front": true, "middle": true, "leaf": true, "slow": true}

// edited are the Workers that are given new versions.
var edited = []string{"front", "middle", "leaf", "hostile"}
