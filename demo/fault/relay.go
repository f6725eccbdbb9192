package fault

import (
	"io"
	"net"
	"sync"
	"time"
)

// cutAfter is how much of what a server sends is passed on by a pass-through before Cut or HalfClose strike.
const cutAfter = 4 << 10

const dialTime = 5 * time.Second

// relay passes bytes between a client and the server until one of them ends.
func (p *Proxy) relay(c *conn) {
	defer c.Close()
	up, err := (&net.Dialer{Timeout: dialTime}).Dial("tcp", p.opts.Raw) //nolint:noctx // its own limit is short
	if err != nil {
		c.reset()
		return
	}
	defer up.Close()
	ended := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() { // ends what waits for the server when the client is gone
		select {
		case <-c.closed:
			_ = up.Close()
		case <-ended:
		}
	})
	wg.Go(func() {
		_, _ = io.Copy(up, c)
		_ = up.(*net.TCPConn).CloseWrite() //nolint:forcetypeassert // dialled as TCP
	})
	p.down(c, up)
	close(ended)
	_ = c.Close()
	wg.Wait()
}

// down passes on what the server sends.
func (p *Proxy) down(c *conn, up net.Conn) {
	buf := make([]byte, 16<<10)
	sent := 0
	late := false // Delay was suffered by this answer: what follows at once belongs to it
	for {
		n, err := up.Read(buf)
		f, changed := p.weather()
		part := n
		switch f.Mode {
		case Delay:
			if !late && !c.wait(f.For, changed) {
				return
			}
			late = n == len(buf)
		case Cut, HalfClose:
			part = min(n, max(cutAfter-sent, 0))
		}
		if _, err := c.Write(buf[:part]); err != nil {
			return
		}
		sent += part
		if part < n {
			if f.Mode == Cut {
				c.reset()
				return
			}
			c.halve()
		}
		if err != nil {
			return
		}
	}
}
