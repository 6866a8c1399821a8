package agent

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// Suffixes of the files of a data plane, whose names are its number.
const (
	serviceSuffix  = ".grpc"
	handoverSuffix = ".hand"
	crashSuffix    = ".crash"
	maxSequence    = 9_999_999
	suspectsName   = "suspects.http"
	keptTraces     = 10
)

// socket is a file of the data plane numbered n.
func (a *Agent) socket(n int, suffix string) string {
	return filepath.Join(a.dir, strconv.Itoa(n)+suffix)
}

// listen finds the data planes that run, and opens the listening sockets that they don't have. What is not fit to be adopted goes on until
// another has taken its place.
func (a *Agent) listen() error {
	for _, n := range a.numbers(handoverSuffix) {
		p, err := a.attach(n, nil, a.o.Log)
		if err != nil {
			if !errors.Is(err, syscall.ECONNREFUSED) && !errors.Is(err, fs.ErrNotExist) {
				a.o.Logger.Warn("data plane does not answer", "error", err)
			}
			a.removeSockets(n)
			continue
		}
		a.adopt(p)
	}
	for _, n := range a.numbers(crashSuffix) {
		a.sequence = max(a.sequence, n)
	}
	var err error
	if a.incoming == nil {
		if a.incoming, a.address, err = listenTCP(a.o.HTTP); err != nil {
			return fmt.Errorf("listen on %s: %w", a.o.HTTP, err)
		}
	}
	return nil
}

// adopt sees what a running data plane is good for.
func (a *Agent) adopt(p *plane) {
	a.sequence = max(a.sequence, p.sequence)
	want := a.settings
	want.Quarantine = p.Settings.Quarantine
	fit := p.Settings == want
	if p.Settings.Quarantine {
		if !fit || a.apart.plane != nil {
			a.old = append(a.old, p)
			return
		}
		a.apart.plane, a.suspects = p, p.HTTP
		p.HTTP = nil
		a.o.Logger.Info("data plane of suspects adopted", "pid", p.PID)
		return
	}
	address, err := addressOf(p.HTTP)
	if err == nil && a.incoming == nil && answers(address, a.o.HTTP) {
		a.incoming, a.address, p.HTTP = p.HTTP, address, nil
	} else {
		fit = false
	}
	if !fit || a.main.plane != nil {
		a.o.Logger.Info("data plane is to be replaced", "pid", p.PID)
		a.old = append(a.old, p)
		return
	}
	a.main.plane = p
	a.o.Logger.Info("data plane adopted", "pid", p.PID)
}

// numbers are those of the data planes that have a file with the suffix, the latest first.
func (a *Agent) numbers(suffix string) []int {
	paths, _ := filepath.Glob(filepath.Join(a.dir, "*"+suffix)) // the pattern is well formed
	var list []int
	for _, path := range paths {
		if n, err := strconv.Atoi(strings.TrimSuffix(filepath.Base(path), suffix)); err == nil {
			list = append(list, n)
		}
	}
	slices.Sort(list)
	slices.Reverse(list)
	return list
}

func (a *Agent) suspectsSocket() string { return filepath.Join(a.dir, suspectsName) }

func (a *Agent) removeSockets(n int) {
	_ = os.Remove(a.socket(n, serviceSuffix))
	_ = os.Remove(a.socket(n, handoverSuffix))
	if info, err := os.Stat(a.socket(n, crashSuffix)); err == nil && info.Size() == 0 {
		_ = os.Remove(a.socket(n, crashSuffix))
	}
}

// clean removes what a data plane that is gone has left, but the last traces.
func (a *Agent) clean(p *plane) {
	p.detach()
	a.removeSockets(p.sequence)
	traces := a.numbers(crashSuffix)
	for i, n := range traces {
		if i >= keptTraces {
			_ = os.Remove(a.socket(n, crashSuffix))
		}
	}
}
