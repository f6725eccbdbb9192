package fault

import (
	"net"
	"sync"
	"time"
)

// conn is a connection of a client. What is written to it suffers the fault in force.
type conn struct {
	net.Conn
	p *Proxy

	closed    chan struct{}
	closeOnce sync.Once

	mu   sync.Mutex
	shut bool // the sending side is closed: what is still written is lost
}

// Write sends b, as late and as slowly as the fault in force wants.
func (c *conn) Write(b []byte) (int, error) {
	sent := 0
	for sent < len(b) {
		f, changed := c.p.weather()
		part := len(b) - sent
		switch f.Mode {
		case Stall:
			if !c.wait(f.For, changed) {
				return sent, net.ErrClosed
			}
		case Throttle:
			part = min(part, max(f.Rate/10, 1))
			if !c.wait(time.Duration(part)*time.Second/time.Duration(f.Rate), changed) {
				return sent, net.ErrClosed
			}
		}
		if c.isShut() {
			return len(b), nil
		}
		n, err := c.Conn.Write(b[sent : sent+part])
		sent += n
		if err != nil {
			return sent, err
		}
	}
	return sent, nil
}

// wait lets time pass; a change of weather ends it, false tells that the connection ended.
func (c *conn) wait(d time.Duration, changed <-chan struct{}) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-changed:
	case <-c.closed:
		return false
	}
	return true
}

// Close ends the connection in good order.
func (c *conn) Close() error {
	c.p.forget(c)
	c.closeOnce.Do(func() { close(c.closed) })
	return c.Conn.Close()
}

// reset ends the connection without order: the other side learns of it as an error.
func (c *conn) reset() {
	if tcp, ok := c.Conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = c.Close()
}

// halve closes the sending side.
func (c *conn) halve() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.shut {
		return
	}
	c.shut = true
	if tcp, ok := c.Conn.(*net.TCPConn); ok {
		_ = tcp.CloseWrite()
	}
}

func (c *conn) isShut() bool { c.mu.Lock(); defer c.mu.Unlock(); return c.shut }

// inbox is the listener of the HTTP server behind the gate: the gate lets connections in.
type inbox struct {
	addr   net.Addr
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func newInbox(addr net.Addr) *inbox {
	return &inbox{addr: addr, conns: make(chan net.Conn), closed: make(chan struct{})}
}

// Accept waits for the next connection.
func (i *inbox) Accept() (net.Conn, error) {
	select {
	case c := <-i.conns:
		return c, nil
	case <-i.closed:
		return nil, net.ErrClosed
	}
}

func (i *inbox) put(c *conn) {
	select {
	case i.conns <- c:
	case <-i.closed:
		c.reset()
	}
}

// Close ends Accept.
func (i *inbox) Close() error { i.once.Do(func() { close(i.closed) }); return nil }

// Addr is the gate's.
func (i *inbox) Addr() net.Addr { return i.addr }
