package loki

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/coder/websocket"

	"dsotop/demo/fakes/loki/logql"
	"dsotop/demo/fakes/tenant"
)

// What Loki's own tailer does (pkg/querier/tail).
const (
	maxDelay    = 5 * time.Second // the longest delay_for that is accepted
	maxTails    = 10              // at once for a tenant
	tailEntries = 100             // in one message
	tailQueue   = 10              // messages that wait for a slow client
	tailDropped = 1000            // dropped entries that are told of; beyond, they are dropped from the list too
	tailPings   = time.Second
)

type tailMessage struct {
	Streams []*streamJSON `json:"streams"`
	Dropped []droppedJSON `json:"dropped_entries,omitempty"`
}

type droppedJSON struct {
	Labels    map[string]string `json:"labels"`
	Timestamp string            `json:"timestamp"`
}

// tails counts the tails of each tenant.
type tails struct {
	mu sync.Mutex
	by map[string]int
}

func (t *tails) enter(id string) (count int, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.by == nil {
		t.by = map[string]int{}
	}
	if t.by[id] >= maxTails {
		return t.by[id] + 1, false
	}
	t.by[id]++
	return t.by[id], true
}

func (t *tails) leave(id string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.by[id]--
}

// tail follows a query over a websocket. As with Loki, limit bounds the history at the beginning; messages are small; and what a client
// does not read in time is dropped, and told.
func (f *face) tail(rw http.ResponseWriter, r *http.Request, set tenant.Set) {
	log, err := logql.ParseLog(r.Form.Get("query"))
	if err != nil {
		fail(rw, err)
		return
	}
	limit, err := limitOf(r, "limit", 100)
	if err != nil {
		fail(rw, err)
		return
	}
	now := f.w.Now()
	start, err := parseTimestamp(r.Form.Get("start"), now.Add(-time.Hour))
	if err != nil {
		fail(rw, err)
		return
	}
	delay := time.Duration(0)
	if s := r.Form.Get("delay_for"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil {
			fail(rw, err)
			return
		}
		if delay = time.Duration(n) * time.Second; delay > maxDelay || n < 0 {
			fail(rw, fmt.Errorf("delay_for can't be greater than %d", maxDelay/time.Second))
			return
		}
	}
	if r.Header.Get("Upgrade") == "" { // as the upgrader of Loki says it: the status and no more
		rw.Header().Set("Sec-Websocket-Version", "13")
		http.Error(rw, http.StatusText(http.StatusBadRequest), http.StatusBadRequest)
		return
	}
	conn, err := websocket.Accept(rw, r, &websocket.AcceptOptions{InsecureSkipVerify: true}) // any origin: nothing here is a browser's secret
	if err != nil {
		return // Accept has answered
	}
	defer conn.CloseNow()
	id := r.Header.Get(tenant.Header)
	n, ok := f.tails.enter(id)
	if !ok { // Loki finds this out after the handshake
		_ = conn.Close(websocket.StatusInternalError, fmt.Sprintf("rpc error: code = Code(400) desc = max concurrent tail requests limit exceeded, count > limit (%d > %d)", n, maxTails))
		return
	}
	defer f.tails.leave(id)
	if now.Sub(start) > maxLength {
		_ = conn.Close(websocket.StatusInternalError, fmt.Sprintf("rpc error: code = Code(400) desc = the query time range exceeds the limit (query length: %s, limit: 30d1h)", now.Sub(start)))
		return
	}
	ctx, cancel := context.WithCancel(conn.CloseRead(r.Context()))
	t := &tailer{conn: conn, out: make(chan []byte, tailQueue), apart: categorizes(r), every: f.o.TailDrop}
	var writing sync.WaitGroup
	writing.Go(func() { defer cancel(); t.write(ctx) })
	err = f.follow(ctx, t, f.source(set), log, start, delay, limit)
	cancel()
	writing.Wait()
	if err != nil && !errors.Is(err, context.Canceled) {
		_ = conn.Close(websocket.StatusInternalError, err.Error())
		return
	}
	_ = conn.Close(websocket.StatusGoingAway, "tail ended") // the client may be gone already
}

// follow sends the newest lines since start, then those that come, until ctx ends.
func (f *face) follow(ctx context.Context, t *tailer, src *source, log *logql.Log, start time.Time, delay time.Duration, limit int) error {
	pause := time.NewTimer(0)
	defer pause.Stop()
	first := true
	for from := start; ; {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-pause.C:
		}
		began := time.Now()
		src.lines, src.bytes = 0, 0
		to := f.w.Now().Add(-delay)
		if to.After(from) {
			want := 0
			if first { // the history at the beginning is cut
				want = limit
			}
			found, _, err := logql.Select(ctx, src, log, from, to, want, true)
			if err != nil {
				return err
			}
			slices.Reverse(found)
			first, from = false, to
			for part := range slices.Chunk(found, tailEntries) {
				if err := t.send(ctx, part); err != nil {
					return err
				}
			}
		}
		// A tail over everything is slower rather than a core of its own.
		pause.Reset(max(f.o.TailEvery, 2*time.Since(began)))
	}
}

// tailer is one connection.
type tailer struct {
	conn    *websocket.Conn
	out     chan []byte
	apart   bool
	every   int // each so manieth message is dropped; 0 none
	count   int
	dropped []droppedJSON
}

// tailPatience is how long a message waits for room before it is dropped.
const tailPatience = 200 * time.Millisecond

// send queues a message with what was dropped before it, or drops it.
func (t *tailer) send(ctx context.Context, entries []logql.Entry) error {
	t.count++
	if t.every > 0 && t.count%t.every == 0 {
		t.drop(entries)
		return nil
	}
	body, err := json.Marshal(tailMessage{Streams: toStreams(entries, t.apart), Dropped: t.dropped})
	if err != nil {
		return err
	}
	select {
	case t.out <- body:
		t.dropped = nil
		return nil
	default:
	}
	timer := time.NewTimer(tailPatience)
	defer timer.Stop()
	select {
	case t.out <- body:
		t.dropped = nil
	case <-timer.C:
		t.drop(entries)
	case <-ctx.Done():
		return ctx.Err()
	}
	return nil
}

func (t *tailer) drop(entries []logql.Entry) {
	for _, e := range entries {
		if len(t.dropped) == tailDropped {
			return
		}
		t.dropped = append(t.dropped, droppedJSON{e.Labels, strconv.FormatInt(e.At, 10)})
	}
}

// write sends what is queued, and a ping each second, until ctx ends or the client is gone.
func (t *tailer) write(ctx context.Context) {
	pings := time.NewTicker(tailPings)
	defer pings.Stop()
	var pinging sync.WaitGroup
	defer pinging.Wait()
	waits := make(chan struct{}, 1)
	for {
		select {
		case <-ctx.Done():
			return
		case body := <-t.out:
			if t.conn.Write(ctx, websocket.MessageText, body) != nil {
				return
			}
		case <-pings.C:
			select {
			case waits <- struct{}{}: // this library waits for the answer; Loki does not
				pinging.Go(func() { _ = t.conn.Ping(ctx); <-waits })
			default:
			}
		}
	}
}
