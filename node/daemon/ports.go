package daemon

import (
	"errors"
	"fmt"
	"net"
	"strconv"
	"syscall"
)

// Default addresses. Where a port is taken when a node is started for the first time, any other that is free is taken, and kept.
const (
	DefaultHTTP    = ":8080"
	DefaultCluster = ":7480"
	DefaultPeer    = ":7481"
	DefaultGossip  = ":7482"
)

// ListenError says that an address can't be had.
type ListenError struct {
	What, Address string // "http", "127.0.0.1:80"
	Err           error
}

func (e *ListenError) Error() string {
	return fmt.Sprintf("listen for %s on %s: %v", e.What, e.Address, e.Err)
}

// Unwrap gives the cause.
func (e *ListenError) Unwrap() error { return e.Err }

// address is where a port of the node is.
type address struct {
	what, asked string
	spare       bool // nobody asked for this port: another will do
	addr        string
}

// split is an address of a flag in its parts. Errors: *OptionError.
func split(what, asked string) (host, port string, err error) {
	host, port, err = net.SplitHostPort(asked)
	if err != nil {
		return "", "", &OptionError{Option: what, Value: asked, Want: "it is no HOST:PORT"}
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return "", "", &OptionError{Option: what, Value: asked, Want: "a port is a number from 0 to 65535"}
	}
	return host, strconv.FormatUint(n, 10), nil
}

// ask gives the address of a flag. With port 0 the port is that of the last time.
func (r *record) ask(what, flag, usual string) (address, error) {
	a := address{what: what, asked: flag}
	if flag == "" {
		a.asked, a.spare = usual, true
	}
	host, port, err := split(what, a.asked)
	if err != nil {
		return a, err
	}
	if port == "0" {
		a.spare = true
	}
	if kept := r.Ports[what+" "+a.asked]; kept != "" {
		port = kept
	}
	a.addr = net.JoinHostPort(host, port)
	return a, nil
}

// listen opens the address. Where its port is taken and nobody asked for it, another is found. The second result says that the port is to be
// remembered.
func (r *record) listen(a address) (*net.TCPListener, bool, error) {
	l, err := net.Listen("tcp", a.addr)
	if errors.Is(err, syscall.EADDRINUSE) && a.spare {
		host, _, _ := net.SplitHostPort(a.addr)
		l, err = net.Listen("tcp", net.JoinHostPort(host, "0"))
	}
	if err != nil {
		var op *net.OpError
		if errors.As(err, &op) {
			err = op.Err
		}
		return nil, false, &ListenError{What: a.what, Address: a.addr, Err: err}
	}
	return l.(*net.TCPListener), r.keep(a, l.Addr()), nil
}

// keep remembers a port that nobody asked for.
func (r *record) keep(a address, got net.Addr) (changed bool) {
	_, port, _ := net.SplitHostPort(got.String())
	_, wanted, _ := net.SplitHostPort(a.asked)
	key := a.what + " " + a.asked
	if !a.spare || wanted == port || r.Ports[key] == port {
		return false
	}
	r.Ports[key] = port
	return true
}

// reached is an address as it is reached from this machine, and as it is from others.
func reached(l net.Addr, asked, advertise string) (here, elsewhere string) {
	_, port, _ := net.SplitHostPort(l.String())
	host, _, _ := net.SplitHostPort(asked)
	ip := net.ParseIP(host)
	switch {
	case advertise != "":
		return net.JoinHostPort(advertise, port), net.JoinHostPort(advertise, port)
	case host != "" && (ip == nil || !ip.IsUnspecified()):
		return net.JoinHostPort(host, port), net.JoinHostPort(host, port)
	}
	return net.JoinHostPort("127.0.0.1", port), net.JoinHostPort(ownAddress(), port)
}

// ownAddress is an address of this machine by which others may reach it.
func ownAddress() string {
	addrs, _ := net.InterfaceAddrs()
	for _, a := range addrs {
		if n, ok := a.(*net.IPNet); ok && n.IP.To4() != nil && n.IP.IsGlobalUnicast() {
			return n.IP.String()
		}
	}
	return "127.0.0.1"
}
