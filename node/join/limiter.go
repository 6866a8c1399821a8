package join

import (
	"sync"
	"time"
)

// Failed attempts that are allowed: of one address, and of all.
const (
	hostBurst  = 10
	hostEvery  = 3 * time.Second
	totalBurst = 200
	totalEvery = 50 * time.Millisecond
	maxHosts   = 4096 // that are remembered
)

// limiter counts failed attempts. Each address has a bucket of them that fills up again, and all have one together.
type limiter struct {
	mu    sync.Mutex
	hosts map[string]bucket // guarded by mu: those that are not full
	total bucket            // guarded by mu
}

// bucket is how many failures were too many by now if none had been given back, and when that was counted.
type bucket struct {
	failures float64
	at       time.Time
}

func (b bucket) now(now time.Time, every time.Duration) bucket {
	if back := now.Sub(b.at); back > 0 {
		b.failures = max(0, b.failures-float64(back)/float64(every))
		b.at = now
	}
	return b
}

// wait is how long until one more may fail.
func (b bucket) wait(burst int, every time.Duration) time.Duration {
	return time.Duration((b.failures - float64(burst-1)) * float64(every))
}

// allow tells how long an address has to wait before it may try; 0 or less is not at all.
func (l *limiter) allow(host string, now time.Time) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	return max(l.hosts[host].now(now, hostEvery).wait(hostBurst, hostEvery), l.total.now(now, totalEvery).wait(totalBurst, totalEvery))
}

// failed counts a failure.
func (l *limiter) failed(host string, now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.hosts == nil {
		l.hosts = map[string]bucket{}
	}
	l.total = l.total.now(now, totalEvery)
	l.total.failures++
	b, known := l.hosts[host]
	if !known && len(l.hosts) >= maxHosts {
		l.forget(now)
		if len(l.hosts) >= maxHosts {
			return // what they do together is counted
		}
	}
	b = b.now(now, hostEvery)
	b.failures++
	l.hosts[host] = b
}

// forget drops the addresses whose failures are over. The caller holds mu.
func (l *limiter) forget(now time.Time) {
	for host, b := range l.hosts {
		if b.now(now, hostEvery).failures == 0 {
			delete(l.hosts, host)
		}
	}
}
