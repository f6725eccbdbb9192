package fault

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"maps"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"time"
)

// Options say what stands behind a proxy. Exactly one of Handler, Upstream and Raw is given.
type Options struct {
	Handler  http.Handler // a server in this process
	Upstream string       // URL of a server elsewhere; a path in it comes before those asked for
	Raw      string       // host:port of a server whose bytes are passed through

	// TLS is what clients are answered with; nil speaks HTTP. It is not used with Raw.
	TLS *tls.Config
	// Trust is the TLS towards Upstream, with our own certificate where it wants one; nil trusts the system's authorities.
	Trust *tls.Config
	// Seen is told of each HTTP request before it is answered, from many goroutines; nil is nobody.
	Seen func(*http.Request)
}

// Proxy stands before one server, on a port of the loopback that stays the same as long as it lives. Its methods may be called
// from many goroutines.
type Proxy struct {
	opts    Options
	next    http.Handler // nil with Raw
	idle    func()       // lets go of what is kept for the upstream
	port    int
	release func()
	server  *http.Server
	inbox   *inbox
	done    sync.WaitGroup

	mu       sync.Mutex
	fault    Fault
	choose   func(*http.Request) Fault
	changed  chan struct{} // closed when the fault changes
	listener net.Listener  // nil when down
	conns    map[*conn]struct{}
	running  map[*http.Request]context.CancelFunc
	closed   bool
}

// New starts a proxy without a fault.
func New(o Options) (*Proxy, error) {
	p := &Proxy{opts: o, idle: func() {}, changed: make(chan struct{}), conns: map[*conn]struct{}{}, running: map[*http.Request]context.CancelFunc{}}
	switch {
	case o.Handler != nil:
		p.next = o.Handler
	case o.Upstream != "":
		target, err := url.Parse(o.Upstream)
		if err != nil || target.Host == "" {
			return nil, errors.New("the address behind the fault proxy is not a URL")
		}
		p.next, p.idle = forward(target, o.Trust)
	case o.Raw == "":
		return nil, errors.New("nothing stands behind the fault proxy")
	}
	port, release, err := hold()
	if err != nil {
		return nil, fmt.Errorf("no port for the fault proxy: %w", err)
	}
	p.port, p.release = port, release
	l, err := p.listen()
	if err != nil {
		release()
		return nil, fmt.Errorf("no port for the fault proxy: %w", err)
	}
	p.port = l.Addr().(*net.TCPAddr).Port //nolint:forcetypeassert // a TCP listener's
	p.inbox = newInbox(l.Addr())
	p.open(l)
	if p.next != nil {
		p.serve()
	}
	return p, nil
}

// forward is the way to a server elsewhere: streams are passed on as they come, websockets as they are.
func forward(target *url.URL, trust *tls.Config) (http.Handler, func()) {
	out := &dialled{}
	t := &http.Transport{DialContext: out.dial, TLSClientConfig: trust, ForceAttemptHTTP2: true, DisableCompression: true, MaxIdleConnsPerHost: 16, IdleConnTimeout: time.Minute}
	return &httputil.ReverseProxy{
		Rewrite:       func(r *httputil.ProxyRequest) { r.SetURL(target) },
		Transport:     t,
		FlushInterval: -1,
		ErrorLog:      log.New(io.Discard, "", 0),
	}, func() { out.end(); t.CloseIdleConnections() }
}

func (p *Proxy) listen() (net.Listener, error) {
	var config net.ListenConfig
	return config.Listen(context.Background(), "tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(p.port)))
}

// open lets connections in; p.mu is held or p not shared yet.
func (p *Proxy) open(l net.Listener) {
	p.listener = l
	p.done.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			p.admit(c)
		}
	})
}

func (p *Proxy) admit(nc net.Conn) {
	c := &conn{Conn: nc, p: p, closed: make(chan struct{})}
	p.mu.Lock()
	refused := p.closed || p.fault.Mode == Down || p.next == nil && p.fault.Mode == Drop
	if !refused {
		p.conns[c] = struct{}{}
	}
	p.mu.Unlock()
	switch {
	case refused:
		c.reset()
	case p.next == nil:
		p.done.Go(func() { p.relay(c) })
	default:
		p.inbox.put(c)
	}
}

type connKey struct{}

// serve starts the HTTP server behind the gate.
func (p *Proxy) serve() {
	p.server = &http.Server{
		Handler: http.HandlerFunc(p.answer), TLSConfig: p.opts.TLS.Clone(), ReadHeaderTimeout: 10 * time.Second, ErrorLog: log.New(io.Discard, "", 0),
		ConnContext: func(ctx context.Context, c net.Conn) context.Context {
			if secure, ok := c.(*tls.Conn); ok {
				c = secure.NetConn()
			}
			return context.WithValue(ctx, connKey{}, c)
		},
	}
	p.done.Go(func() {
		if p.opts.TLS != nil {
			_ = p.server.ServeTLS(p.inbox, "", "")
		} else {
			_ = p.server.Serve(p.inbox)
		}
	})
}

// Addr is host:port, where clients connect.
func (p *Proxy) Addr() string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(p.port)) }

// URL is where clients connect: https with TLS, else http.
func (p *Proxy) URL() string {
	if p.opts.TLS != nil {
		return "https://" + p.Addr()
	}
	return "http://" + p.Addr()
}

// Fault is the fault in force.
func (p *Proxy) Fault() Fault { f, _ := p.weather(); return f }

// weather is the fault in force, and what is closed when it changes.
func (p *Proxy) weather() (Fault, <-chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.fault, p.changed
}

// Set puts a fault in force; the zero Fault ends it. When it returns, new connections and requests meet the fault, and what ran
// was treated as the fault's mode says. An error leaves the fault that was, but for a port that was lost while down: the proxy then stays down.
func (p *Proxy) Set(f Fault) error {
	f = f.Whole()
	if p.next == nil && !f.Mode.OfConnections() {
		return fmt.Errorf("%s: %w", f.Mode, errLevel)
	}
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return net.ErrClosed
	}
	if f.Mode != Down && p.listener == nil {
		l, err := p.listen()
		if err != nil {
			p.mu.Unlock()
			return fmt.Errorf("coming back at %s: %w", p.Addr(), err)
		}
		p.open(l)
	}
	p.fault = f
	close(p.changed)
	p.changed = make(chan struct{})
	var hit []*conn
	strike := (*conn).reset
	switch f.Mode {
	case None, Delay, Stall, Throttle:
	case HalfClose:
		hit, strike = slices.Collect(maps.Keys(p.conns)), (*conn).halve
	case Down, Drop, Cut:
		if f.Mode == Down && p.listener != nil {
			_ = p.listener.Close()
			p.listener = nil
		}
		hit = slices.Collect(maps.Keys(p.conns))
	default:
		for _, end := range p.running {
			end()
		}
	}
	p.mu.Unlock()
	for _, c := range hit {
		strike(c)
	}
	return nil
}

// Choose lets a function decide for each HTTP request, instead of the fault in force; nil ends it. Only faults that an answer can
// have make sense there: not Down, Stall or Throttle.
func (p *Proxy) Choose(f func(*http.Request) Fault) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.choose = f
}

func (p *Proxy) forget(c *conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.conns, c)
}

// Close ends everything at once: clients see their connections reset. It may be called twice.
func (p *Proxy) Close() {
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return
	}
	p.closed = true
	close(p.changed)
	p.changed = make(chan struct{})
	p.fault = Fault{}
	if p.listener != nil {
		_ = p.listener.Close()
	}
	for _, end := range p.running {
		end()
	}
	hit := slices.Collect(maps.Keys(p.conns))
	p.mu.Unlock()
	for _, c := range hit {
		c.reset()
	}
	_ = p.inbox.Close()
	if p.server != nil {
		_ = p.server.Close()
	}
	p.done.Wait()
	p.idle()
	p.release()
}
