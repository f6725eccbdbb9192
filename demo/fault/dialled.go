package fault

import (
	"context"
	"net"
	"sync"
)

// dialled are the connections to a server elsewhere. A transport keeps those whose dialling outlives the request that wanted them: once it is over they would stay.
type dialled struct {
	mu   sync.Mutex
	over bool
	open map[*dialledConn]bool
}

// dialledConn leaves the list when it is closed.
type dialledConn struct {
	net.Conn
	list *dialled
}

func (d *dialled) dial(ctx context.Context, network, address string) (net.Conn, error) {
	var dialer net.Dialer
	c, err := dialer.DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	out := &dialledConn{c, d}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.over {
		_ = c.Close()
		return nil, net.ErrClosed
	}
	if d.open == nil {
		d.open = map[*dialledConn]bool{}
	}
	d.open[out] = true
	return out, nil
}

// Close implements net.Conn.
func (c *dialledConn) Close() error {
	c.list.mu.Lock()
	delete(c.list.open, c)
	c.list.mu.Unlock()
	return c.Conn.Close()
}

// end closes all of them, and what is being dialled as soon as it is there.
func (d *dialled) end() {
	d.mu.Lock()
	d.over = true
	open := d.open
	d.open = nil
	d.mu.Unlock()
	for c := range open {
		_ = c.Conn.Close()
	}
}
