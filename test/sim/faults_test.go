package sim_test

import (
	"context"
	"time"

	"github.com/bindery/bindery/test/sim/network"
)

// faults makes faults until ctx ends. At each step the world is healed in part, and broken anew.
func (s *schedule) faults(ctx context.Context) {
	for {
		select {
		case <-time.After(time.Second + time.Duration(s.random.Int64N(int64(15*time.Second)))):
		case <-ctx.Done():
			return
		}
		kinds := []func(){
			s.heal, s.heal, s.partition, s.isolate, s.oneWay, s.slow, s.lossy, s.flap, s.crash, s.crash, s.kill, s.killLeader, s.everybody, s.back, s.back,
		}
		kinds[s.random.IntN(len(kinds))]()
	}
}

func (s *schedule) some() *member { return s.members[s.random.IntN(len(s.members))] }

func (s *schedule) heal() {
	s.note("links are whole")
	s.net.Heal()
}

// partition splits the group in two at random.
func (s *schedule) partition() {
	var one, other []*network.Host
	ids := ""
	for _, m := range s.members {
		if s.random.IntN(2) == 0 {
			one = append(one, m.host)
			ids += m.id
		} else {
			other = append(other, m.host)
		}
	}
	s.note("%s are cut off from the rest", ids)
	s.net.Partition(one, other)
}

// isolate cuts one member off, most often the leader.
func (s *schedule) isolate() {
	m := s.leader()
	if m == nil || s.random.IntN(3) == 0 {
		m = s.some()
	}
	s.note("%s is cut off", m.id)
	for _, other := range s.members {
		if other != m {
			s.net.Partition([]*network.Host{m.host}, []*network.Host{other.host})
		}
	}
}

// oneWay has a member hear, but not be heard, or the other way round.
func (s *schedule) oneWay() {
	m, heard := s.some(), s.random.IntN(2) == 0
	s.note("%s is only heard (%v), or only hears", m.id, heard)
	for _, other := range s.members {
		if other == m {
			continue
		}
		if heard {
			s.net.Set(other.host, m.host, network.Link{Cut: true})
		} else {
			s.net.Set(m.host, other.host, network.Link{Cut: true})
		}
	}
}

func (s *schedule) slow() {
	m := s.some()
	delay := time.Duration(s.random.Int64N(int64(400 * time.Millisecond)))
	s.note("all to and from %s takes %v", m.id, delay)
	for _, other := range s.members {
		if other != m {
			s.net.Set(other.host, m.host, network.Link{Delay: delay, Jitter: delay})
			s.net.Set(m.host, other.host, network.Link{Delay: delay, Jitter: delay})
		}
	}
}

func (s *schedule) lossy() {
	loss := s.random.Float64() / 2
	s.note("%.0f %% is lost", loss*100)
	s.net.SetUsual(network.Link{Delay: time.Millisecond, Jitter: 5 * time.Millisecond, Loss: loss})
}

// flap cuts a link and mends it again, many times.
func (s *schedule) flap() {
	a, b := s.some(), s.some()
	s.note("the link of %s and %s flaps", a.id, b.id)
	for i := range 20 {
		if i%2 == 0 {
			s.net.Partition([]*network.Host{a.host}, []*network.Host{b.host})
		} else {
			s.net.Set(a.host, b.host, network.Link{})
			s.net.Set(b.host, a.host, network.Link{})
		}
		time.Sleep(time.Duration(s.random.Int64N(int64(300 * time.Millisecond))))
	}
}

func (s *schedule) crash() {
	m := s.some()
	s.note("%s crashes", m.id)
	s.down(m, func() { m.crash(s.t) })
}

func (s *schedule) kill() {
	m := s.some()
	s.note("%s is killed, and comes again", m.id)
	s.down(m, func() { m.kill(s.t) })
	s.restart(m)
}

func (s *schedule) killLeader() {
	if m := s.leader(); m != nil {
		s.note("%s, which leads, is killed", m.id)
		s.down(m, func() { m.kill(s.t) })
	}
}

// everybody ends all members at once, and starts them again.
func (s *schedule) everybody() {
	s.note("all crash, and come again")
	for _, m := range s.members {
		s.down(m, func() { m.crash(s.t) })
	}
	for _, m := range s.members {
		s.restart(m)
	}
}

// back starts all that are down.
func (s *schedule) back() {
	s.note("all come again")
	for _, m := range s.members {
		s.restart(m)
	}
}

func (s *schedule) down(m *member, how func()) {
	if m.store.Load() != nil {
		how()
	}
}

func (s *schedule) restart(m *member) {
	if m.store.Load() == nil {
		m.host.PowerOn()
		m.start(s.t, s.watch, false)
	}
}

// leader gives a member that thinks it leads, nil if there is none.
func (s *schedule) leader() *member {
	for _, m := range s.members {
		if m.leads() {
			return m
		}
	}
	return nil
}
