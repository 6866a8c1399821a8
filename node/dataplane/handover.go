package dataplane

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync"
	"syscall"
	"time"
)

// Hello is what a data plane says of itself.
type Hello struct {
	Settings Settings
	PID      int
	Started  time.Time
}

// Attached is a data plane as its control process has it.
type Attached struct {
	Hello
	HTTP  *os.File // its listening socket of HTTP
	Table *os.File // see package poison
	conn  *net.UnixConn
}

// Gone returns when the data plane has ended, or Close was called.
func (a *Attached) Gone() { _, _ = a.conn.Read(make([]byte, 1)) }

// Close ends the connection. The data plane goes on.
func (a *Attached) Close() {
	_ = a.conn.Close()
	for _, f := range []*os.File{a.HTTP, a.Table} {
		if f != nil {
			_ = f.Close()
		}
	}
}

// greeting is what a control process says first.
type greeting struct{ Log bool } // a descriptor for the log comes with it

// helloTime is how long either side waits for the other's first word.
const helloTime = 10 * time.Second

// Attach connects to the data plane at a handover socket, and gives it a descriptor for its log, which may be nil: what it has stays then.
// Errors: syscall.ECONNREFUSED, wrapped, where no process listens there.
func Attach(path string, log *os.File) (*Attached, error) {
	conn, err := net.DialUnix("unix", nil, &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		return nil, fmt.Errorf("attach to data plane: %w", err)
	}
	a := &Attached{conn: conn}
	if err := a.greet(log); err != nil {
		a.Close()
		return nil, fmt.Errorf("attach to data plane at %s: %w", path, err)
	}
	return a, nil
}

func (a *Attached) greet(log *os.File) error {
	_ = a.conn.SetDeadline(time.Now().Add(helloTime))
	var files []*os.File
	if log != nil {
		files = append(files, log)
	}
	if err := writeMessage(a.conn, greeting{Log: log != nil}, files); err != nil {
		return err
	}
	files, err := readMessage(a.conn, &a.Hello)
	if err != nil {
		return err
	}
	if len(files) != 2 {
		closeAll(files)
		return fmt.Errorf("it sent %d descriptors instead of 2", len(files))
	}
	a.HTTP, a.Table = files[0], files[1]
	return a.conn.SetDeadline(time.Time{})
}

// handover answers who attaches.
type handover struct {
	s        *Server
	listener *net.UnixListener
	log      *sink
	files    []*os.File

	mu     sync.Mutex
	conns  map[*net.UnixConn]bool // guarded by mu
	closed bool                   // guarded by mu
}

func newHandover(s *Server, f *os.File, log *sink, files map[string]*os.File) (*handover, error) {
	l, err := listener(f, "handover's")
	if err != nil {
		return nil, err
	}
	u, ok := l.(*net.UnixListener)
	if !ok {
		return nil, fmt.Errorf("take the handover's listener: it is of %s", l.Addr().Network())
	}
	return &handover{s: s, listener: u, log: log, files: []*os.File{files["http"], files["table"]}, conns: map[*net.UnixConn]bool{}}, nil
}

func (h *handover) serve() {
	for {
		conn, err := h.listener.AcceptUnix()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			time.Sleep(10 * time.Millisecond) // no descriptors are left
			continue
		}
		h.mu.Lock()
		if h.closed {
			_ = conn.Close()
		}
		h.conns[conn] = true
		h.mu.Unlock()
		go h.attached(conn)
	}
}

// attached keeps a connection until the other side has gone.
func (h *handover) attached(conn *net.UnixConn) {
	defer func() {
		_ = conn.Close()
		h.mu.Lock()
		delete(h.conns, conn)
		h.mu.Unlock()
	}()
	_ = conn.SetDeadline(time.Now().Add(helloTime))
	var g greeting
	files, err := readMessage(conn, &g)
	if err != nil {
		return
	}
	if g.Log && len(files) == 1 {
		h.log.replace(files[0])
	} else {
		closeAll(files)
	}
	hello := Hello{Settings: h.s.settings, PID: os.Getpid(), Started: h.s.started}
	h.mu.Lock() // close closes the files
	err = writeMessage(conn, hello, h.files)
	h.mu.Unlock()
	if err != nil {
		return
	}
	_ = conn.SetDeadline(time.Time{})
	_, _ = conn.Read(make([]byte, 1))
}

func (h *handover) close() {
	_ = h.listener.Close()
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
	for conn := range h.conns {
		_ = conn.Close()
	}
	closeAll(h.files)
}

// A message is its length in 4 bytes, the highest first, and JSON. Descriptors come with its first byte (unix(7), SCM_RIGHTS).

// maxHello bounds a message.
const maxHello = 1 << 20

func writeMessage(conn *net.UnixConn, v any, files []*os.File) error {
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("encode message: %w", err)
	}
	b = append(binary.BigEndian.AppendUint32(nil, uint32(len(b))), b...)
	var fds []int
	for _, f := range files {
		fds = append(fds, int(f.Fd()))
	}
	var rights []byte
	if len(fds) > 0 {
		rights = syscall.UnixRights(fds...)
	}
	n, _, err := conn.WriteMsgUnix(b, rights, nil)
	if err == nil && n < len(b) {
		_, err = conn.Write(b[n:])
	}
	if err != nil {
		return fmt.Errorf("write message: %w", err)
	}
	return nil
}

func readMessage(conn *net.UnixConn, v any) (files []*os.File, err error) {
	defer func() {
		if err != nil {
			closeAll(files)
			files, err = nil, fmt.Errorf("read message: %w", err)
		}
	}()
	head, rights := make([]byte, 4), make([]byte, syscall.CmsgSpace(4*16))
	n, rn, _, _, err := conn.ReadMsgUnix(head, rights)
	if err != nil {
		return nil, err
	}
	if files, err = received(rights[:rn]); err != nil {
		return files, err
	}
	if _, err := io.ReadFull(conn, head[n:]); err != nil {
		return files, err
	}
	size := binary.BigEndian.Uint32(head)
	if size > maxHello {
		return files, fmt.Errorf("it has %d bytes", size)
	}
	b := make([]byte, size)
	if _, err := io.ReadFull(conn, b); err != nil {
		return files, err
	}
	return files, json.Unmarshal(b, v)
}

// received are the descriptors of a control message.
func received(rights []byte) (files []*os.File, err error) {
	messages, err := syscall.ParseSocketControlMessage(rights)
	if err != nil {
		return nil, err
	}
	for i := range messages {
		fds, err := syscall.ParseUnixRights(&messages[i])
		if err != nil {
			return files, err
		}
		for _, fd := range fds {
			closeOnExec(uintptr(fd))
			files = append(files, os.NewFile(uintptr(fd), "received"))
		}
	}
	return files, nil
}

func closeAll(files []*os.File) {
	for _, f := range files {
		_ = f.Close()
	}
}
