package fault

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// answer is what a request gets.
func (p *Proxy) answer(w http.ResponseWriter, r *http.Request) {
	if p.opts.Seen != nil {
		p.opts.Seen(r)
	}
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	r = r.WithContext(ctx)
	p.mu.Lock()
	f, changed, choose := p.fault, p.changed, p.choose
	p.running[r] = cancel
	p.mu.Unlock()
	defer func() {
		p.mu.Lock()
		delete(p.running, r)
		p.mu.Unlock()
	}()
	if choose != nil {
		f = choose(r).Whole()
	}
	c, _ := ctx.Value(connKey{}).(*conn)
	switch f.Mode {
	case Delay:
		if !pause(ctx, f.For, changed) {
			panic(http.ErrAbortHandler)
		}
		p.next.ServeHTTP(w, r)
	case Drop, Down:
		c.reset()
		panic(http.ErrAbortHandler)
	case Cut:
		p.partly(w, r, c.reset)
		panic(http.ErrAbortHandler)
	case HalfClose:
		p.partly(w, r, c.halve)
		select { // the other direction stays open until the client ends it
		case <-ctx.Done():
		case <-changed:
		}
		panic(http.ErrAbortHandler)
	case Corrupt:
		p.next.ServeHTTP(&spoiler{ResponseWriter: w}, r)
	case Clock:
		r.Header.Del("Accept-Encoding") // times are changed as they are written
		l := &late{ResponseWriter: w, by: f.For}
		p.next.ServeHTTP(l, r)
		l.end()
	default:
		if !inPlace(w, r, f, changed) {
			p.next.ServeHTTP(w, r)
			if ctx.Err() != nil { // the weather changed in the middle: a server that then writes nothing would be taken for one that says 200
				panic(http.ErrAbortHandler)
			}
		}
	}
}

// pause lets time pass; a change of weather ends it, false tells that nobody waits any more.
func pause(ctx context.Context, d time.Duration, changed <-chan struct{}) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-changed:
	case <-ctx.Done():
		return false
	}
	return true
}

const loginPath = "/sso/login"

// inPlace answers in the server's place; false when the fault leaves that to the server.
func inPlace(w http.ResponseWriter, r *http.Request, f Fault, changed <-chan struct{}) bool {
	switch f.Mode {
	case Unauthorised:
		refuse(w, r, http.StatusUnauthorized, "not you")
	case Forbidden:
		refuse(w, r, http.StatusForbidden, "not for you")
	case RateLimited:
		w.Header().Set("Retry-After", strconv.Itoa(int((f.For+time.Second-1)/time.Second)))
		refuse(w, r, http.StatusTooManyRequests, "slow down")
	case ServerError:
		refuse(w, r, http.StatusInternalServerError, "boom")
	case BadGateway:
		page(w, http.StatusBadGateway, "Error")
	case Unavailable:
		if f.For > 0 {
			w.Header().Set("Retry-After", strconv.Itoa(int((f.For+time.Second-1)/time.Second)))
		}
		page(w, http.StatusServiceUnavailable, "Error")
	case Timeout:
		page(w, http.StatusGatewayTimeout, "Error")
	case Login:
		if strings.HasPrefix(r.URL.Path, loginPath) {
			page(w, http.StatusOK, "Log in")
		} else {
			http.Redirect(w, r, loginPath, http.StatusFound)
		}
	case Page:
		page(w, http.StatusOK, "Welcome")
	case Garbage:
		body(w, `{"data":[{"id":`)
	case Empty:
		body(w, "")
	case Huge:
		huge(w, changed)
	default:
		return false
	}
	return true
}

// refuse answers with JSON that echoes every header of the request, with escapes and a stack.
func refuse(w http.ResponseWriter, r *http.Request, status int, why string) {
	var echo []string
	for name, values := range r.Header {
		echo = append(echo, name+"="+strings.Join(values, ","))
	}
	slices.Sort(echo)
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"message": why + " \x1b[31m\u202e " + strings.Join(echo, " "), "status": status, "stack": "at /srv/app.js:1"})
}

func page(w http.ResponseWriter, status int, title string) {
	w.Header().Set("Content-Type", "text/html")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, "<!doctype html><html><head><title>"+title+"</title></head><body><h1>"+title+"</h1></body></html>")
}

func body(w http.ResponseWriter, text string) {
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, text)
}

// huge sends what is not wrong so far until nobody reads it any more.
func huge(w http.ResponseWriter, changed <-chan struct{}) {
	w.Header().Set("Content-Type", "application/json")
	blank := []byte(strings.Repeat(" ", 64<<10))
	for {
		select {
		case <-changed:
			return
		default:
		}
		if _, err := w.Write(blank); err != nil {
			return
		}
	}
}

// partly sends the beginning of the server's own answer and strikes.
func (p *Proxy) partly(w http.ResponseWriter, r *http.Request, strike func()) {
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	first := &beginning{ResponseWriter: w, enough: cancel}
	func() {
		defer func() { _ = recover() }() // the server's own way to give up an answer is no other end than this one
		p.next.ServeHTTP(first, r.WithContext(ctx))
	}()
	first.send()
	strike()
}

// beginningSize is how many bytes of an answer make its beginning. Shorter ones are halved.
const beginningSize = 64

// beginning keeps the first bytes of an answer. Once it has enough, or the server wants it sent, the server is told that
// nobody waits any more.
type beginning struct {
	http.ResponseWriter
	held   []byte
	enough func()
}

// Write keeps the first bytes; what comes later is lost.
func (b *beginning) Write(data []byte) (int, error) {
	b.held = append(b.held, data[:min(len(data), beginningSize-len(b.held))]...)
	if len(b.held) == beginningSize {
		b.enough()
	}
	return len(data), nil
}

// Flush ends the answer: it has sent what it had, and may be silent for long.
func (b *beginning) Flush() { b.enough() }

// send sends half of what is held.
func (b *beginning) send() {
	if b.Header().Get("Content-Length") == "" { // what ends with its connection would pass for whole
		b.Header().Set("Content-Length", strconv.Itoa(len(b.held)+beginningSize))
	}
	_, _ = b.ResponseWriter.Write(b.held[:len(b.held)/2])
	_ = http.NewResponseController(b.ResponseWriter).Flush()
}

// spoilEvery is how far the changed bytes of Corrupt are apart.
const spoilEvery = 61

// spoiler changes some bytes of an answer.
type spoiler struct {
	http.ResponseWriter
	at int
}

// Write changes the bytes whose turn it is.
func (s *spoiler) Write(data []byte) (int, error) {
	bad := slices.Clone(data)
	for i := range bad {
		if s.at%spoilEvery == 0 {
			bad[i] ^= 0x55
		}
		s.at++
	}
	return s.ResponseWriter.Write(bad)
}

// Unwrap lets the server's way to flush through.
func (s *spoiler) Unwrap() http.ResponseWriter { return s.ResponseWriter }

// Flush passes on what there is: some servers ask for this method by itself.
func (s *spoiler) Flush() { _ = http.NewResponseController(s.ResponseWriter).Flush() }
