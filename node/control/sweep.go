package control

import "time"

// Times of the sweep.
const (
	// sweepGrace is how long an uploaded bundle is kept that no version names: the release that names it may be on its way.
	sweepGrace = time.Hour
	// sweepEvery is how often bundles are swept at the most; after releases only.
	sweepEvery = time.Minute
)

// wantSweep has bundles swept soon.
func (s *Service) wantSweep() {
	select {
	case s.sweeps <- struct{}{}:
	default:
	}
}

// sweepLoop removes the bundles that no kept version names.
func (s *Service) sweepLoop() {
	for {
		select {
		case <-s.sweeps:
		case <-s.ctx.Done():
			return
		}
		for !s.Sweep(time.Now().Add(-sweepGrace)) {
			select {
			case <-time.After(time.Second): // a release is being made
			case <-s.ctx.Done():
				return
			}
		}
		select {
		case <-time.After(sweepEvery):
		case <-s.ctx.Done():
			return
		}
	}
}

// Sweep removes the bundles that no kept version names and that were stored before the given time. It reports false, and does nothing, where
// a release is being made.
func (s *Service) Sweep(before time.Time) bool {
	if !s.sweeping.TryLock() {
		return false
	}
	defer s.sweeping.Unlock()
	named := map[string]bool{}
	for _, v := range s.o.Store.State().Versions() {
		named[v.GetBundle()] = true
	}
	removed, err := s.o.Bundles.Sweep(before, func(hash string) bool { return named[hash] })
	if err != nil {
		s.o.Logger.Warn("sweep bundles", "error", err)
	}
	if removed > 0 {
		s.o.Logger.Info("bundles removed that no kept release names", "bundles", removed)
	}
	return true
}
