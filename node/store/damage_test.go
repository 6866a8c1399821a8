package store

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// damages are what is done to one file. Where do is nil it is removed.
var damages = []struct {
	name string
	do   func(r *rand.Rand, b []byte) []byte
}{
	{"a flipped bit", func(r *rand.Rand, b []byte) []byte {
		b[r.IntN(used(b))] ^= 1 << r.IntN(8)
		return b
	}},
	{"cut off", func(r *rand.Rand, b []byte) []byte { return b[:r.IntN(used(b))] }},
	{"zeros", func(r *rand.Rand, b []byte) []byte {
		from := r.IntN(used(b))
		clear(b[from:min(len(b), from+1+r.IntN(600))])
		return b
	}},
	{"noise", func(r *rand.Rand, b []byte) []byte {
		from := r.IntN(used(b))
		for i := from; i < min(len(b), from+1+r.IntN(600)); i++ {
			b[i] = byte(r.Uint32())
		}
		return b
	}},
	{"nothing left", func(*rand.Rand, []byte) []byte { return nil }},
	{"gone", nil},
}

// used is how much of a file has been written: the log's are made larger than they are.
func used(b []byte) int {
	n := len(b)
	for n > 1 && b[n-1] == 0 {
		n--
	}
	return min(len(b), n+64)
}

// Whatever happens to any one file, a store is opened with all that was acknowledged, or it is refused as damaged: nothing is lost in silence, and
// the process does not end.
func TestAnyFileDamaged(t *testing.T) {
	rounds := 1
	if os.Getenv("BINDERY_LONG") != "" {
		rounds = 10
	}
	seed := rand.Uint64()
	defer func() {
		if t.Failed() {
			t.Logf("seed %d", seed)
		}
	}()
	template := filled(t, 10)
	for i := range 2 {
		s := start(t, template)
		deploy(t, s, "b", fmt.Sprint("b", i))
		if err := s.raft.Snapshot().Error(); err != nil {
			t.Fatal(err)
		}
		deploy(t, s, "c", fmt.Sprint("c", i))
		stop(t, s)
	}
	whole := start(t, template)
	state, err := whole.Latest(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := state.Hash()
	stop(t, whole)
	var files []string
	_ = filepath.WalkDir(template, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			files = append(files, strings.TrimPrefix(path, template))
		}
		return err
	})
	if len(files) < 8 { // a segment, its meta, the durable index, two snapshots of three files each
		t.Fatalf("there are only %v", files)
	}
	opened, refused := 0, 0
	r := rand.New(rand.NewPCG(seed, 0))
	for _, file := range files {
		for _, damage := range damages {
			for range rounds {
				dir := t.TempDir()
				if out, err := exec.Command("cp", "-r", template+"/.", dir).CombinedOutput(); err != nil {
					t.Fatalf("%v\n%s", err, out)
				}
				var err error
				if path := dir + file; damage.do == nil {
					err = os.Remove(path)
				} else if b, read := os.ReadFile(path); read == nil && len(b) > 0 {
					err = os.WriteFile(path, damage.do(r, b), 0o600)
				}
				if err != nil {
					t.Fatal(err)
				}
				if survives(t, dir, want, damage.name+" in "+file) {
					opened++
				} else {
					refused++
				}
				_ = os.RemoveAll(dir)
			}
		}
	}
	t.Logf("%d were opened with everything, %d were refused", opened, refused)
	if opened == 0 || refused == 0 {
		t.Error("the damage is all of one kind")
	}
}

// survives reports whether the store is opened. Then it must have everything.
func survives(t *testing.T, dir string, want [32]byte, what string) bool {
	t.Helper()
	s, err := alone(dir)
	var damaged *DamagedLogError
	switch {
	case errors.As(err, &damaged), errors.Is(err, ErrDamaged):
		return false
	case err != nil:
		t.Errorf("%s: %v, which doesn't say that it is damaged", what, err)
		return false
	}
	defer stop(t, s)
	lead(t, s)
	state, err := s.Latest(t.Context())
	if err != nil {
		t.Errorf("%s: %v", what, err)
	} else if state.Hash() != want {
		t.Errorf("%s: it was opened, and %d releases are there", what, state.LastRelease())
	}
	return true
}
