// Package sourcetest is the suite that every source passes against its fake: it converges, notices deletion, gives every
// failure its word, recovers, does not hammer, obeys Retry-After, stops within a second, and leaks neither goroutine nor secret.
// It never sleeps: it waits for what the store says, with a deadline.
package sourcetest

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"

	"dsotop/demo/fault"
	"dsotop/internal/platform"
	"dsotop/internal/secret"
	"dsotop/internal/sources"
	"dsotop/internal/sources/transport"
	"dsotop/internal/store"

	"go.uber.org/goleak"
)

// Canary is the credential given to the source unless the case has its own. It must never be seen again.
const Canary = "canary-2f6e81d09ab4"

// Env is what a case builds its source from.
type Env struct {
	URL   string
	Token secret.Ref // holds the canary or Case.Token
	// Options are a transport's with URL, quick time limits and no rate: add name, authentication and allow-list. Auth.Secret
	// is set already.
	Options transport.Options
	Log     *slog.Logger
}

// Case is one source with its fake.
type Case struct {
	// New makes the source under test.
	New func(e Env) (sources.Source, error)
	// Face is the fake.
	Face http.Handler
	// Converged tells whether the store has what the fake has; nil when the source only answers on demand.
	Converged func(*store.Snapshot) bool
	// Change, when not nil, takes something away from the fake; Changed tells that the store followed. It is done last.
	Change  func()
	Changed func(*store.Snapshot) bool
	// Prepare puts facts of other sources into the store, e.g. the projects of the console.
	Prepare func(*store.Store)
	// Interest are the scopes in view.
	Interest []string
	// Token replaces the canary where the fake knows whom it lets in. It must be unmistakable.
	Token string
	// Pace is how much faster than life the source runs; 0 means 100.
	Pace float64
	// Words replaces the states accepted for a fault, by the fault's name; an empty list skips it, with a reason in a comment.
	Words map[string][]platform.State
	// Stray is how many requests may still come after a first 429, e.g. from further clients of a source with several tenants.
	Stray int
	// NoDoctor leaves the doctor's look at faults out, for sources whose doctor looks at more than the face.
	NoDoctor bool
}

const (
	patience = time.Minute // for anything that should happen: only a broken source waits that long
	// hammering is how many requests in half a minute are too many for somebody who was told that he may not.
	hammering = 12
)

// Run runs the suite.
func Run(t *testing.T, c Case) {
	t.Helper()
	if c.Converged == nil {
		c.Converged = func(*store.Snapshot) bool { return true }
	}
	if c.Pace == 0 {
		c.Pace = 100
	}
	if c.Token == "" {
		c.Token = Canary
	}
	t.Run("lives through every fault", func(t *testing.T) { c.lives(t) })
	t.Run("starts into every fault", func(t *testing.T) { c.starts(t) })
	t.Run("is not pushy", func(t *testing.T) { c.polite(t) })
	t.Run("stops while nobody answers", func(t *testing.T) { c.stopsInSilence(t) })
	if !c.NoDoctor {
		t.Run("doctor", func(t *testing.T) { c.doctor(t) })
	}
	if c.Change != nil {
		t.Run("notices a deletion", func(t *testing.T) { c.follows(t) })
	}
}

// bench is one source running over one fault proxy.
type bench struct {
	t     *testing.T
	c     Case
	proxy *fault.Proxy
	asked *asked
	src   sources.Source
	store *store.Store
	poke  chan struct{}
	log   *logbook
	stop  func()
}

// open makes the source; start runs it.
func (c Case) open(t *testing.T) *bench {
	t.Helper()
	t.Cleanup(func() { goleak.VerifyNone(t, goleak.IgnoreCurrent()) })
	b := &bench{t: t, c: c, asked: newAsked(), store: store.New(nil), poke: make(chan struct{}, 1), log: &logbook{}}
	var err error
	if b.proxy, err = fault.New(fault.Options{Handler: c.Face, Seen: b.asked.note}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.proxy.Close)
	token := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(token, []byte(c.Token+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	ref := secret.Ref{Scheme: "file", Target: token}
	log := slog.New(slog.NewTextHandler(b.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	src, err := c.New(Env{URL: b.proxy.URL(), Token: ref, Log: log, Options: transport.Options{URL: b.proxy.URL(), Auth: transport.Auth{Secret: ref}, Proxy: "none",
		Timeout: slower * 400 * time.Millisecond, Retries: 1, Backoff: 5 * time.Millisecond, Rate: 10_000, Burst: 1000, MaxBody: maxBody, Log: log}})
	if err != nil {
		t.Fatalf("making the source: %v", err)
	}
	b.src = src
	if c.Prepare != nil {
		c.Prepare(b.store)
	}
	t.Cleanup(func() { b.noSecret("log", b.log.String()) })
	return b
}

func (b *bench) start() {
	b.t.Helper()
	interest := store.NewInterest()
	interest.Set(b, b.c.Interest)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	log := slog.New(slog.NewTextHandler(b.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	go func() {
		defer close(done)
		sources.Keep(ctx, b.src, sources.Ground{Store: b.store, Interest: interest, Log: log, Pace: b.c.Pace}, b.poke)
	}()
	b.stop = sync.OnceFunc(func() {
		b.t.Helper()
		cancel()
		timer := time.NewTimer(patience) // the keeper leaves a source behind after a second, and says so
		defer timer.Stop()
		select {
		case <-done:
		case <-timer.C:
			b.t.Error("the keeper did not stop")
		}
		if strings.Contains(b.log.String(), "left behind") {
			b.t.Error("the source did not stop within a second")
		}
	})
	b.t.Cleanup(b.stop)
}

func (b *bench) set(f fault.Fault) {
	b.t.Helper()
	if err := b.proxy.Set(f); err != nil {
		b.t.Fatal(err)
	}
}

// wait waits until the store is as wanted.
func (b *bench) wait(what string, ok func(*store.Snapshot) bool) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	sub := b.store.Subscribe(0)
	defer sub.Close()
	for {
		snap := b.store.Current()
		b.look()
		if ok(snap) {
			return
		}
		if _, on := sub.Next(ctx); !on {
			b.t.Fatalf("%s: not within %s; health %+v", what, patience, b.health())
		}
	}
}

func (b *bench) health() platform.SourceHealth {
	for _, sh := range store.Health.Of(b.store.Current(), "") {
		if sh.Source == b.src.Name() && len(sh.Items) == 1 {
			return sh.Items[0]
		}
	}
	return platform.SourceHealth{}
}

func (b *bench) waitState(what string, states ...platform.State) {
	b.t.Helper()
	b.wait(what, func(*store.Snapshot) bool { return slices.Contains(states, b.health().State) })
	h := b.health()
	if h.State.Bad() && (h.Detail == "" || h.Since.IsZero()) {
		b.t.Errorf("%s: %s without saying why or since when", what, h.State)
	}
}

func (b *bench) waitLive(what string) {
	b.t.Helper()
	b.wait(what, func(s *store.Snapshot) bool { return b.health().State == platform.StateLive && b.c.Converged(s) })
}

// ring asks the source to look again now.
func (b *bench) ring() {
	select {
	case b.poke <- struct{}{}:
	default:
	}
}

// look checks what is published for secrets and for text that could do harm.
func (b *bench) look() {
	b.t.Helper()
	b.check(b.health())
}

// check looks at a health for secrets, and at its texts for what could harm a terminal.
func (b *bench) check(h platform.SourceHealth) {
	b.t.Helper()
	data, err := json.Marshal(h)
	if err != nil {
		b.t.Fatalf("the health is no JSON: %v", err)
	}
	b.noSecret("health", string(data))
	texts := []string{h.Detail, h.Identity, h.Version}
	for _, p := range h.Problems {
		texts = append(texts, p.Detail)
	}
	for _, text := range texts {
		b.harmless("health", text)
	}
}

func (b *bench) noSecret(where, text string) {
	b.t.Helper()
	if strings.Contains(text, b.c.Token) {
		i := strings.Index(text, b.c.Token)
		b.t.Errorf("the secret is in the %s: …%s…", where, text[max(0, i-120):min(len(text), i+60)])
	}
}

func (b *bench) harmless(where, text string) {
	b.t.Helper()
	if strings.ContainsFunc(text, func(r rune) bool { return unicode.In(r, unicode.Cc, unicode.Cf) }) {
		b.t.Errorf("uncleaned text in the %s: %q", where, text)
	}
}

func (c Case) lives(t *testing.T) {
	b := c.open(t)
	b.start()
	b.waitLive("converging")
	for _, f := range faults() {
		words := c.words(f, true)
		if len(words) == 0 {
			continue
		}
		b.set(f.fault)
		b.ring()
		at := time.Now()
		b.waitState(f.name, words...)
		t.Logf("%s: known after %s", f.name, time.Since(at).Round(time.Millisecond))
		if !c.Converged(b.store.Current()) {
			t.Errorf("%s: the last known facts are gone", f.name)
		}
		b.set(fault.Fault{})
		b.ring() // forbidden looks again rarely: a person asks
		at = time.Now()
		b.waitLive("back after " + f.name)
		t.Logf("%s: back after %s", f.name, time.Since(at).Round(time.Millisecond))
	}
	b.stop()
}

func (c Case) follows(t *testing.T) {
	b := c.open(t)
	b.start()
	b.waitLive("converging")
	c.Change()
	b.ring()
	b.wait("noticing a deletion", c.Changed)
}

// words are the states a fault may have. before tells whether the source was live.
func (c Case) words(f weather, before bool) []platform.State {
	if words, ok := c.Words[f.name]; ok {
		return words
	}
	if before {
		return f.live
	}
	return f.cold
}

func (c Case) starts(t *testing.T) {
	b := c.open(t)
	for _, f := range faults() {
		words := c.words(f, false)
		if len(words) == 0 || !f.start {
			continue
		}
		b.store = store.New(nil)
		if c.Prepare != nil {
			c.Prepare(b.store)
		}
		b.set(f.fault)
		b.start()
		b.waitState("starting into "+f.name, words...)
		b.set(fault.Fault{})
		b.ring()
		b.waitState("back after "+f.name, platform.StateLive)
		b.stop()
	}
}

// polite checks that a refusal is not hammered and that Retry-After is obeyed.
func (c Case) polite(t *testing.T) {
	b := c.open(t)
	b.start()
	b.waitLive("converging")
	if words := c.words(faultNamed("forbidden"), true); len(words) > 0 {
		b.set(faultNamed("forbidden").fault)
		b.ring()
		b.waitState("forbidden", words...)
		// Half a minute of life to find everything forbidden once, and half a minute that should be quiet.
		half := time.Duration(float64(30*time.Second) / c.Pace)
		b.window(half)
		b.asked.reset()
		b.window(half)
		if n := b.asked.reset(); n > hammering {
			t.Errorf("%d requests in half a minute of being forbidden", n)
		}
		b.set(fault.Fault{})
		b.ring()
		b.waitLive("allowed again")
	}
	if len(c.words(faultNamed("rate limited"), true)) == 0 {
		return
	}
	b.asked.reset()
	b.proxy.Choose(b.asked.once(faultNamed("rate limited").fault))
	b.ring()
	select {
	case <-b.asked.limited:
	case <-time.After(patience):
		t.Fatal("no request after a poke")
	}
	b.window(1500 * time.Millisecond)
	b.waitLive("after the silence that was asked for")
	// What was on its way when the answer came is let through: on a busy machine it arrives some tenths of a second later, once even half a second.
	const late = 1
	if n := b.asked.between(450*time.Millisecond, 950*time.Millisecond); n > c.Stray+late {
		t.Errorf("%d requests within the second of silence that was asked for", n)
	}
}

// window lets real time pass: politeness is the one thing that only shows in what does not happen.
func (b *bench) window(d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	<-timer.C
}

func (c Case) stopsInSilence(t *testing.T) {
	b := c.open(t)
	b.set(faultNamed("slow").fault)
	b.start()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if !b.asked.wait(ctx) {
		t.Fatal("nothing was asked")
	}
	b.stop()
}

func (c Case) doctor(t *testing.T) {
	b := c.open(t)
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	look := func(name string, words ...platform.State) {
		t.Helper()
		h, err := b.src.Doctor(ctx)
		if h.Name != b.src.Name() || h.Kind != b.src.Kind() || h.URL == "" {
			t.Errorf("%s: the health does not say whose it is: %+v", name, h)
		}
		if !slices.Contains(words, h.State) {
			t.Errorf("%s: the doctor says %s (%s), want one of %v", name, h.State, h.Detail, words)
		}
		if err != nil {
			b.noSecret("error", err.Error())
			b.harmless("error", err.Error())
		}
		if (err == nil) != (h.State == platform.StateLive) {
			t.Errorf("%s: state %s with error %v", name, h.State, err)
		}
		b.check(h)
	}
	look("healthy", platform.StateLive)
	for _, f := range faults() {
		if words := c.words(f, false); f.start && len(words) > 0 {
			b.set(f.fault)
			look(f.name, words...)
		}
	}
	b.set(fault.Fault{})
	gone, stop := context.WithCancel(ctx)
	stop()
	if _, err := b.src.Doctor(gone); err == nil || !errors.Is(err, context.Canceled) && transport.FaultOf(err).Class != transport.ClassCanceled {
		t.Errorf("a cancelled look ends with %v", err)
	}
}

// logbook is a log that can be read while it is written.
type logbook struct {
	mu sync.Mutex
	b  strings.Builder
}

func (l *logbook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logbook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
