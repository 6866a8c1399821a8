package ingress

import (
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

func TestUnusedConnectionsAreClosed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		u := unusedConns{since: map[net.Conn]time.Time{}}
		open := func() (conn, peer net.Conn) {
			conn, peer = net.Pipe()
			t.Cleanup(func() { conn.Close(); peer.Close() })
			u.follow(conn, http.StateNew)
			return conn, peer
		}
		closed := func(peer net.Conn) bool {
			_ = peer.SetReadDeadline(time.Now().Add(time.Millisecond))
			_, err := peer.Read(make([]byte, 1))
			e, timeout := err.(net.Error)
			return !timeout || !e.Timeout()
		}
		_, early := open()
		used, usedPeer := open()
		u.follow(used, http.StateActive)
		time.Sleep(unusedAfter + time.Millisecond) // of the bubble: no time passes
		_, fresh := open()
		u.close()
		if !closed(early) || closed(usedPeer) || closed(fresh) {
			t.Errorf("closed: in advance %v, used %v, fresh %v", closed(early), closed(usedPeer), closed(fresh))
		}
	})
}
