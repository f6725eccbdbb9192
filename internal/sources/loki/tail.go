package loki

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"
	"github.com/grafana/loki/v3/pkg/logcli/client"
	"github.com/grafana/loki/v3/pkg/loghttp"
	"github.com/prometheus/common/config"

	"dsotop/internal/logs"
	"dsotop/internal/sources/transport"
)

// tailTimes are the waits of a tail.
type tailTimes struct {
	dial  time.Duration // for the websocket to be there
	ping  time.Duration // between two questions whether the other end is there
	dead  time.Duration // without any word of it, once it was heard to answer them
	plain time.Duration // without any word of it, from the start: something in between may eat pings
}

func usualTimes() tailTimes {
	return tailTimes{dial: 10 * time.Second, ping: 10 * time.Second, dead: 30 * time.Second, plain: 4 * time.Minute}
}

const (
	// mostDials bounds the websockets being opened: logcli's dial cannot be given up, so that one that meets a server which accepts
	// connections and says nothing stays until that server lets go.
	mostDials = 4
	// longestFrame is a whole message: Loki sends 100 entries at most, of 256 kB each unless an operator allows more.
	longestFrame = 64 << 20
	// allDropped is how many dropped entries Loki names at most; beyond it drops them from that list as well.
	allDropped = 1000
)

// Tail implements logs.History through logcli's websocket.
//
// The server's answer to a refused websocket is lost in that client: it is asked for again, as a plain request, which Loki checks in
// the same way and then refuses for not being a websocket. A connection is held for dead when neither lines nor pings nor answers to
// ours come: a half-open one says nothing for ever.
func (s *Source) Tail(ctx context.Context, a logs.Ask, sink func(logs.Batch) error) error {
	conn, err := s.dial(ctx, a)
	if err != nil {
		if ctx.Err() != nil {
			return nil //nolint:nilerr // we gave up ourselves
		}
		return s.judge(err)
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	err = s.follow(conn, a, sink)
	if ctx.Err() != nil {
		return nil //nolint:nilerr // we closed it ourselves
	}
	return err
}

// follow reads messages until the connection or the sink ends.
func (s *Source) follow(conn *websocket.Conn, a logs.Ask, sink func(logs.Batch) error) error {
	conn.SetReadLimit(longestFrame)
	var answers atomic.Bool // the other end's pings and pongs reach us
	await := func() {
		limit := s.times.plain
		if answers.Load() {
			limit = s.times.dead
		}
		_ = conn.SetReadDeadline(time.Now().Add(limit)) // it fails on a closed connection only, as the next read does
	}
	conn.SetPongHandler(func(string) error { answers.Store(true); await(); return nil })
	conn.SetPingHandler(func(data string) error {
		answers.Store(true)
		await()
		err := conn.WriteControl(websocket.PongMessage, []byte(data), time.Now().Add(s.times.dial))
		if errors.Is(err, websocket.ErrCloseSent) {
			return nil
		}
		return err
	})
	done := make(chan struct{})
	var side sync.WaitGroup
	defer side.Wait()
	defer close(done)
	side.Go(func() {
		tick := time.NewTicker(s.times.ping)
		defer tick.Stop()
		for {
			select {
			case <-done:
				return
			case <-tick.C:
			}
			if conn.WriteControl(websocket.PingMessage, nil, time.Now().Add(s.times.dial)) != nil {
				return // the reader learns it too
			}
		}
	})
	for {
		await() // again before each read: the sink may have taken long
		_, body, err := conn.ReadMessage()
		if err != nil {
			return s.ended(a, err)
		}
		batch, err := s.message(body)
		if err != nil {
			return s.tailFault(a, &transport.Fault{Class: transport.ClassMalformed, Message: "a message of the tail is not what Loki would say"})
		}
		if len(batch.Lines)+len(batch.Notices) == 0 {
			continue
		}
		if err := sink(batch); err != nil {
			return err
		}
	}
}

// message reads one message of the tail.
func (s *Source) message(body []byte) (logs.Batch, error) {
	var got loghttp.TailResponse
	if err := json.Unmarshal(body, &got); err != nil {
		return logs.Batch{}, err
	}
	return logs.Batch{Lines: s.streams.lines(got.Streams), Notices: s.dropped(got.DroppedStreams)}, nil
}

// dropped makes one notice of the entries that the server dropped since its last message.
func (s *Source) dropped(entries []loghttp.DroppedStream) []logs.Notice {
	if len(entries) == 0 {
		return nil
	}
	n := logs.Notice{Kind: logs.NoticeDropped, Count: int64(len(entries)), Origin: logs.OriginLoki, Source: s.name}
	if len(entries) >= allDropped {
		n.Count = -1
	}
	containers := map[string]bool{}
	for i, e := range entries {
		at := e.Timestamp.UnixNano()
		if i == 0 || at < n.From {
			n.From = at
		}
		n.To = max(n.To, at+1)
		if c := cleanWord(e.Labels["container"]); c != "" {
			containers[c] = true
		}
	}
	n.At = n.From
	names := make([]string, 0, len(containers))
	for c := range containers {
		names = append(names, c)
	}
	slices.Sort(names)
	n.Why = strings.Join(names, ", ")
	return []logs.Notice{n}
}

// ended says why a tail ended.
func (s *Source) ended(a logs.Ask, err error) error {
	var closed *websocket.CloseError
	var slow net.Error
	switch {
	case errors.As(err, &closed):
		// Loki refuses after the handshake what it finds out late, with its own words as the reason: "rpc error: code = Code(400) desc = …".
		text := cleanWord(closed.Text)
		if _, desc, ok := strings.Cut(text, " desc = "); ok {
			text = desc
		}
		f := &transport.Fault{Class: transport.ClassUnreachable, Message: text}
		switch {
		case strings.Contains(text, "max concurrent tail requests"):
			f.Class = transport.ClassRateLimited
		case strings.Contains(text, "parse error"):
			return queryError(text)
		case closed.Code == websocket.CloseInternalServerErr && text != "" && !strings.Contains(text, "EOF"):
			f.Class = transport.ClassServer
		case text == "":
			f.Message = "the server ended the tail"
		}
		return s.tailFault(a, f)
	case errors.Is(err, websocket.ErrReadLimit):
		return s.tailFault(a, &transport.Fault{Class: transport.ClassMalformed, Message: "a message of the tail is larger than " + strconv.Itoa(longestFrame>>20) + " MiB"})
	case errors.As(err, &slow) && slow.Timeout():
		return s.tailFault(a, &transport.Fault{Class: transport.ClassTimeout, Message: "the tail fell silent", Err: context.DeadlineExceeded})
	}
	f := *transport.FaultOf(err)
	if f.Class == transport.ClassMalformed && strings.HasPrefix(err.Error(), "websocket: ") {
		f.Message = "the other end does not speak as a websocket should: " + f.Message
	}
	return s.tailFault(a, &f)
}

// tailFault completes a fault with what was tried.
func (s *Source) tailFault(a logs.Ask, f *transport.Fault) error {
	f.Source, f.Method, f.URL = s.name, http.MethodGet, s.address(a.Tenant, pathTail)
	f.Message = s.questions.Redact(f.Message)
	return f
}

// dial opens the websocket. A credential that was renewed meanwhile is tried once more.
func (s *Source) dial(ctx context.Context, a logs.Ask) (*websocket.Conn, error) {
	for again := false; ; again = true {
		conn, err := s.connect(ctx, a)
		if err == nil {
			return conn, nil
		}
		body, refused := strings.CutPrefix(err.Error(), "error response from server: ")
		if !refused {
			f := *transport.FaultOf(err)
			return nil, s.tailFault(a, &f)
		}
		if err := s.refusal(ctx, a); err != nil {
			return nil, err
		}
		if again {
			body = cleanWord(strings.TrimSuffix(body, " ("+websocket.ErrBadHandshake.Error()+")"))
			if len(body) > 200 || strings.Contains(body, "<") {
				body = ""
			}
			return nil, s.tailFault(a, &transport.Fault{Class: transport.ClassGateway, Message: strings.TrimSuffix("what stands before Loki passes no websocket on: "+body, ": ")})
		}
	}
}

// refusal asks for the tail as a plain request and returns why the server refuses it; nil when it only misses the websocket, or
// would answer by now.
func (s *Source) refusal(ctx context.Context, a logs.Ask) error {
	ctx, cancel := context.WithTimeout(ctx, s.times.dial)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.address(a.Tenant, pathTail)+"?"+s.tailQuery(a).Encode(), nil)
	if err != nil {
		return err
	}
	resp, err := s.route.RoundTripper(a.Tenant, s.questions.Strict()).RoundTrip(req)
	if err == nil {
		_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 1<<10))
		_ = resp.Body.Close()
		return nil
	}
	if f := transport.FaultOf(err); f.Status == http.StatusUpgradeRequired || f.Status == http.StatusBadRequest && missesWebsocket(f.Message) {
		return nil
	}
	return err
}

// missesWebsocket recognises how servers answer a plain request to a websocket's address; Loki says no more than the status.
func missesWebsocket(message string) bool {
	low := strings.ToLower(message)
	return low == "" || low == "bad request" || strings.Contains(low, "websocket")
}

func (s *Source) tailQuery(a logs.Ask) url.Values {
	return url.Values{"query": {a.Query}, "limit": {strconv.Itoa(s.tailLimit(a))}, "start": {strconv.FormatInt(a.From, 10)}}
}

// tailLimit bounds the history that a tail begins with.
func (s *Source) tailLimit(a logs.Ask) int {
	if most := s.Limit(); a.Limit <= 0 || a.Limit > most {
		return most
	}
	return a.Limit
}

var errDialTime = errors.New("no websocket in time")

// connect dials once. logcli's method takes no context: when ours ends first, the connection it may still make is closed.
func (s *Source) connect(ctx context.Context, a logs.Ask) (*websocket.Conn, error) {
	header, err := s.questions.AuthHeader(ctx)
	if err != nil {
		return nil, err
	}
	c, err := s.dialler(header, a.Tenant)
	if err != nil {
		return nil, err
	}
	timer := time.NewTimer(s.times.dial)
	defer timer.Stop()
	select {
	case s.dialling <- struct{}{}:
	case <-timer.C:
		return nil, &transport.Fault{Class: transport.ClassTimeout, Message: "earlier connections are still waiting for the server to speak", Err: errDialTime}
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	type dialled struct {
		conn *websocket.Conn
		err  error
	}
	got := make(chan dialled, 1)
	go func() {
		defer func() { <-s.dialling }()
		conn, err := c.LiveTailQueryConn(a.Query, 0, s.tailLimit(a), time.Unix(0, a.From), true)
		got <- dialled{conn, err}
	}()
	select {
	case d := <-got:
		return d.conn, d.err
	case <-timer.C:
		err = &transport.Fault{Class: transport.ClassTimeout, Message: "no websocket within " + s.times.dial.String(), Err: errDialTime}
	case <-ctx.Done():
		err = ctx.Err()
	}
	go func() {
		if d := <-got; d.conn != nil {
			_ = d.conn.Close()
		}
	}()
	return nil, err
}

// dialler is the client with everything that our transport would add. It is made for one dial: it holds the credential.
func (s *Source) dialler(header http.Header, tenant string) (*client.DefaultClient, error) {
	target, err := url.Parse(s.address(tenant, pathTail))
	if err != nil {
		return nil, err
	}
	proxy, err := s.questions.Proxy()(&http.Request{URL: target})
	if err != nil {
		return nil, err
	}
	c := &client.DefaultClient{
		Address:   strings.TrimRight(s.client.Base().String(), "/") + s.route.Path(tenant),
		TLSConfig: config.TLSConfig{CAFile: s.tls.CAFile, CertFile: s.tls.CertFile, KeyFile: s.tls.KeyFile, ServerName: s.tls.ServerName, InsecureSkipVerify: s.tls.Insecure},
	}
	if proxy != nil {
		c.ProxyURL = proxy.String()
	}
	for _, h := range []http.Header{header, s.route.Header(tenant), encoding()} {
		for name, values := range h {
			for _, v := range values {
				c.CustomHeaders = append(c.CustomHeaders, name+": "+v)
			}
		}
	}
	return c, nil
}
