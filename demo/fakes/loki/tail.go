package loki

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/coder/websocket"

	"dsotop/demo/fakes/loki/logql"
	"dsotop/demo/fakes/tenant"
)

// maxDelay is the longest delay_for that Loki accepts.
const maxDelay = 5 * time.Second

type tailMessage struct {
	Streams []streamJSON  `json:"streams"`
	Dropped []droppedJSON `json:"dropped_entries,omitempty"`
}

type droppedJSON struct {
	Labels    map[string]string `json:"labels"`
	Timestamp string            `json:"timestamp"`
}

// tail follows a query over a websocket. Each message has at most limit lines; those beyond are told as dropped, as Loki does
// when its client is slow.
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
	if limit > maxEntries {
		fail(rw, tooMany(limit))
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
	conn, err := websocket.Accept(rw, r, &websocket.AcceptOptions{InsecureSkipVerify: true}) // any origin: nothing here is a browser's secret
	if err != nil {
		return // Accept has answered
	}
	defer conn.CloseNow()
	ctx := conn.CloseRead(r.Context())
	if err := f.follow(ctx, conn, f.source(set), log, start, delay, limit); err != nil && !errors.Is(err, context.Canceled) {
		_ = conn.Close(websocket.StatusInternalError, err.Error())
		return
	}
	_ = conn.Close(websocket.StatusGoingAway, "tail ended") // the client may be gone already
}

// follow sends the newest lines since start, then those that come, until ctx ends.
func (f *face) follow(ctx context.Context, conn *websocket.Conn, src *source, log *logql.Log, start time.Time, delay time.Duration, limit int) error {
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
			// The history at the beginning is cut to the limit; later, what does not fit is told as dropped.
			want := 0
			if first {
				want = limit
			}
			found, _, err := logql.Select(ctx, src, log, from, to, want, true)
			if err != nil {
				return err
			}
			slices.Reverse(found)
			first, from = false, to
			if err := send(ctx, conn, found, limit); err != nil {
				return err
			}
		}
		// A tail over everything is slower rather than a core of its own.
		pause.Reset(max(f.o.TailEvery, 4*time.Since(began)))
	}
}

func send(ctx context.Context, conn *websocket.Conn, found []logql.Entry, limit int) error {
	if len(found) == 0 {
		return nil
	}
	msg := tailMessage{}
	for _, e := range found[:max(0, len(found)-limit)] {
		msg.Dropped = append(msg.Dropped, droppedJSON{e.Labels, strconv.FormatInt(e.At, 10)})
	}
	msg.Streams = toStreams(found[max(0, len(found)-limit):])
	body, err := json.Marshal(msg)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	return conn.Write(ctx, websocket.MessageText, body)
}
