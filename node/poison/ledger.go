package poison

import (
	"fmt"
	"slices"
	"sort"
	"time"
)

// Times of the rule.
const (
	// Window is how long a death without a word is remembered: a second one within it, with the same version running, makes it a suspect.
	Window = 10 * time.Minute
	// Quarantine is how long a suspect is served apart after its last death, for the first time; twice as long each time after.
	Quarantine = time.Hour
)

// Points of a death among suspects. Who has enough is held back.
const (
	enough    = 6
	certain   = 6 // one version was running on the goroutine that the process died of, or no other was running
	ambiguous = 3 // several were running
	silent    = 2 // nothing was said: something from outside may have killed it
)

// Death is the end of a data plane that nobody asked for.
type Death struct {
	Time time.Time
	// Quarantine is set where it was the data plane of suspects.
	Quarantine bool
	Trace      Trace
	// Running are the versions that the table had.
	Running []string
}

// Record is what is known against one version.
type Record struct {
	Version string
	// Silent are the deaths without a word while it was running, of the last Window.
	Silent []time.Time `json:",omitempty"`
	// Suspected is how often it became a suspect; Until is when it stops being one, if it behaves. Zero: it is none.
	Suspected int       `json:",omitempty"`
	Since     time.Time `json:",omitzero"`
	Until     time.Time `json:",omitzero"`
	Points    int       `json:",omitempty"` // from deaths among suspects
	HeldBack  bool      `json:",omitempty"`
	Reason    string    `json:",omitempty"`
}

// Suspect reports whether the version is to be served apart.
func (r *Record) Suspect() bool { return !r.HeldBack && !r.Until.IsZero() }

// Ledger is what is known against all versions of a node. It belongs to one goroutine; encoding/json keeps it.
type Ledger struct{ Records []*Record }

func (l *Ledger) record(version string) *Record {
	for _, r := range l.Records {
		if r.Version == version {
			return r
		}
	}
	r := &Record{Version: version}
	l.Records = append(l.Records, r)
	sort.Slice(l.Records, func(i, j int) bool { return l.Records[i].Version < l.Records[j].Version })
	return r
}

// Find gives the record of a version, nil if nothing is known against it.
func (l *Ledger) Find(version string) *Record {
	for _, r := range l.Records {
		if r.Version == version {
			return r
		}
	}
	return nil
}

// Died takes a death into account. It reports whether what is to be served how has changed.
func (l *Ledger) Died(d Death) (changed bool) {
	blamed := d.Trace.Versions
	if len(blamed) == 0 {
		blamed = d.Running
	}
	for _, version := range blamed {
		r := l.record(version)
		switch {
		case r.HeldBack:
		case d.Quarantine:
			changed = r.again(d, len(blamed)) || changed
		case r.Suspect(): // it was ending its last requests where it was
		case d.Trace.Cause == "":
			changed = r.silently(d) || changed
		default:
			r.suspect(d, fmt.Sprintf("a data plane ended while it was running (%s)", d.Trace.Cause))
			changed = true
		}
	}
	l.tidy()
	return changed
}

// silently is a death in which nothing was said, of the data plane that serves all.
func (r *Record) silently(d Death) (changed bool) {
	r.Silent = slices.DeleteFunc(r.Silent, func(t time.Time) bool { return d.Time.Sub(t) > Window })
	r.Silent = append(r.Silent, d.Time)
	if len(r.Silent) < 2 {
		return false
	}
	r.Silent = nil
	r.suspect(d, "two data planes were killed while it was running")
	return true
}

// suspect has the version be served apart.
func (r *Record) suspect(d Death, reason string) {
	r.Suspected++
	r.Since, r.Reason, r.Points = d.Time, reason, 0
	r.Until = d.Time.Add(Quarantine << min(r.Suspected-1, 6))
}

// again is a death of the data plane of suspects.
func (r *Record) again(d Death, blamed int) (changed bool) {
	points, cause := certain, d.Trace.Cause
	switch {
	case cause == "":
		points, cause = silent, "it was killed"
	case blamed > 1:
		points = ambiguous
	}
	if !r.Suspect() {
		return false // it was let go meanwhile
	}
	r.Points += points
	r.Until = d.Time.Add(Quarantine << min(r.Suspected-1, 6))
	if r.Points < enough {
		return false
	}
	r.HeldBack, r.Until = true, time.Time{}
	r.Since, r.Reason = d.Time, fmt.Sprintf("it ended the data plane for suspects, too (%s)", cause)
	return true
}

// Expire lets go the suspects whose time is over. It reports whether there were any, and when the next one's is; zero if there is none.
func (l *Ledger) Expire(now time.Time) (changed bool, next time.Time) {
	for _, r := range l.Records {
		switch {
		case !r.Suspect():
		case !now.Before(r.Until):
			r.Until, r.Points, r.Reason, changed = time.Time{}, 0, "", true
		case next.IsZero() || r.Until.Before(next):
			next = r.Until
		}
	}
	return changed, next
}

// Keep forgets all versions but those that keep wants: what is not deployed any more.
func (l *Ledger) Keep(keep func(version string) bool) {
	l.Records = slices.DeleteFunc(l.Records, func(r *Record) bool { return !keep(r.Version) })
}

// tidy forgets versions against which nothing is left.
func (l *Ledger) tidy() {
	l.Records = slices.DeleteFunc(l.Records, func(r *Record) bool { return len(r.Silent) == 0 && r.Suspected == 0 && !r.HeldBack })
}
