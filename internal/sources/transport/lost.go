package transport

import (
	"context"
	"errors"
	"net"
	"os"
	"sync/atomic"
	"time"
)

// How often, and how long, it is tried whether a system that closed a connection is still there.
const (
	probeGap  = 5 * time.Second
	probeTime = 2 * time.Second
)

// watched is a connection whose end is noticed though nobody asks anything on it: net/http always has a read waiting.
type watched struct {
	net.Conn
	lost  func()
	ended atomic.Bool
}

// Read is that of the connection. The first error that does not come from ourselves means that the other side ended it.
func (w *watched) Read(p []byte) (int, error) {
	n, err := w.Conn.Read(p)
	if err != nil && !errors.Is(err, os.ErrDeadlineExceeded) && !w.ended.Swap(true) {
		w.lost()
	}
	return n, err
}

// Close ends the connection from our side.
func (w *watched) Close() error { w.ended.Store(true); return w.Conn.Close() }

// dialer is d with every connection watched. Systems close connections for many reasons: only when they take no other one either,
// which costs them no call, [Client.Lost] rings.
func (c *Client) dialer(d *net.Dialer) func(context.Context, string, string) (net.Conn, error) {
	var last atomic.Int64 // Unix nanoseconds
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := d.DialContext(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return &watched{Conn: conn, lost: func() {
			now, before := time.Now().UnixNano(), last.Load()
			if now-before < int64(probeGap) || !last.CompareAndSwap(before, now) {
				return
			}
			go func() {
				probe := &net.Dialer{Timeout: min(probeTime, d.Timeout)}
				again, err := probe.Dial(network, address) //nolint:noctx // short, and of nobody's request
				if err == nil {
					_ = again.Close()
					return
				}
				select {
				case c.lost <- struct{}{}:
				default:
				}
			}()
		}}, nil
	}
}

// Lost rings when the system went away between two calls: it ended a connection and takes no other one. It may miss that, as when
// nothing is said at all; it never rings for a system that is there.
func (c *Client) Lost() <-chan struct{} { return c.lost }
