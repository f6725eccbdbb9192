package actions_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"dsotop/internal/actions"
	"dsotop/internal/actions/wire"
	"dsotop/internal/ui"
	"dsotop/internal/ui/uitest"
)

// doer is a backend with a hand.
type doer struct {
	*uitest.Backend
	hand *actions.Hand
}

func (d doer) Hand() *actions.Hand { return d.hand }
func (d doer) ReadOnly() bool      { return false }

// deaf is a system that takes every call, or refuses those on what is called "refused".
type deaf struct{}

func (deaf) Names(string) []string     { return []string{"console"} }
func (deaf) Reader(string) wire.Reader { return nil }
func (deaf) Writer(string) wire.Writer { return deaf{} }
func (deaf) Write(_ context.Context, c wire.Call) (wire.Reply, error) {
	if strings.Contains(c.Path, "refused") {
		return wire.Reply{Status: http.StatusForbidden}, nil
	}
	return wire.Reply{Status: http.StatusNoContent}, nil
}

// newDoer has done a few things: one ended well, one failed in a tool, one was refused, of one nobody knows, one is looked at.
func newDoer(t *testing.T, j *actions.Journal) doer {
	t.Helper()
	b := uitest.NewBackend(7)
	steps := []actions.Step{{Name: "gitlab", State: actions.Done, Took: 2 * time.Second}, {Name: "zone_commit", State: "unknown", Note: "not_configured"}, {Name: "registry", State: actions.Failed, Note: "503 from harbor"}}
	h, err := actions.New(actions.Options{
		Systems: deaf{}, Journal: j, Clock: b.Now, Pace: 500, Who: actions.Who{Account: "claire", Host: "bastion", PID: 1},
		Deeds: []actions.Deed{{
			ID: "console.replay", On: []actions.Kind{actions.OnProject}, Key: "r", Base: actions.RiskWrite, Patience: 50 * time.Millisecond,
			Plan: func(_ context.Context, _ actions.Systems, _ actions.Scene, sub actions.Subject, _ actions.Args) (actions.Draft, error) {
				return actions.Draft{Call: wire.Call{System: "console", Method: "PUT", Path: "/api/v1/projects/" + sub.ID + "/hooks"}}, nil
			},
			Done: func(_ context.Context, _ actions.Systems, _ actions.Draft, sub actions.Subject, _ time.Time, _ *wire.Reply) (actions.Sight, error) {
				switch sub.Name {
				case "vigibat":
					return actions.Sight{State: actions.Failed, Note: "no_right", Progress: steps}, nil
				case "habilit":
					return actions.Sight{}, errors.New("nothing to be seen")
				}
				return actions.Sight{State: actions.Done, Progress: steps[:1]}, nil
			},
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		_ = h.Close(ctx)
	})
	for _, name := range []string{"portail", "refused", "habilit", "vigibat"} {
		p, err := h.Plan(t.Context(), "console.replay", actions.Subject{Kind: actions.OnProject, ID: name, Name: name}, nil)
		if err != nil {
			t.Fatal(err)
		}
		r, err := h.Do(p, actions.Consent{})
		if err != nil {
			t.Fatal(err)
		}
		r.Wait(t.Context())
	}
	return doer{b, h}
}

// hide makes what differs from run to run the same.
func hide(screen string, h *actions.Hand) string {
	for _, r := range h.Runs() {
		screen = strings.ReplaceAll(screen, r.ID, strings.Repeat("0", len(r.ID)))
	}
	return screen
}

// await waits until the screen is as wanted: the page rings when it read something.
func await(t *testing.T, s *uitest.Session, wanted func(screen string) bool) {
	t.Helper()
	late := time.After(2 * time.Minute)
	for !wanted(s.Screen()) {
		select {
		case <-s.Root.Bells():
			s.Send(ui.Wake())
		case <-late:
			t.Fatalf("it does not come:\n%s", s.Screen())
		}
	}
}

// What was done, at each size: words, never codes.
func TestWhatWasDone(t *testing.T) {
	d := newDoer(t, nil)
	for _, c := range []struct {
		name, lang string
		w, h       int
	}{{"fr-80x24", "fr", 80, 24}, {"en-120x40", "en", 120, 40}, {"fr-200x60", "fr", 200, 60}} {
		s := uitest.Open(t, d, c.lang, c.w, c.h)
		s.Press(":")
		s.Type("actions")
		s.Press("enter")
		await(t, s, func(screen string) bool { return strings.Contains(screen, "portail") })
		s.Exact(c.w, c.h)
		screen := hide(s.Screen(), d.hand)
		if strings.Contains(screen, "no_right") || strings.Contains(screen, "not_configured") || strings.Contains(screen, "zone_commit") {
			t.Errorf("a code is shown:\n%s", screen)
		}
		uitest.Golden(t, c.name, screen)
	}
}

// Of what nobody knows, the page says what to do next, and looks again on demand.
func TestWhatNobodyKnows(t *testing.T) {
	d := newDoer(t, nil)
	for _, c := range []struct {
		name, lang, hint, again string
		w, h                    int
	}{{"unknown-fr-120x40", "fr", "Personne ne sait", "regarder à nouveau", 120, 40}, {"unknown-en-80x24", "en", "Nobody knows", "look again", 80, 24}} {
		s := uitest.Open(t, d, c.lang, c.w, c.h)
		s.Press(":")
		s.Type("actions")
		s.Press("enter")
		await(t, s, func(screen string) bool { return strings.Contains(screen, "habilit") })
		s.Press("/")
		s.Type("habilit")
		s.Press("enter")
		await(t, s, func(screen string) bool { return strings.Contains(screen, c.hint) })
		s.Exact(c.w, c.h)
		uitest.Golden(t, c.name, hide(s.Screen(), d.hand))
		s.Press("a")
		await(t, s, func(screen string) bool { return strings.Contains(screen, c.again) })
		s.Press("enter")
		await(t, s, func(string) bool {
			entries, err := d.hand.Journal().Entries()
			looked := 0
			for _, e := range entries {
				if e.Event == actions.EventVerdict && e.Outcome == actions.Unknown {
					looked++
				}
			}
			return err == nil && looked > 1 && d.hand.Running() == 0
		})
	}
}

// A sink that does not take the journal is told on the page as long as it does not.
func TestTheJournalIsNotSent(t *testing.T) {
	j := actions.OpenJournal(t.TempDir(), uitest.Noon)
	d := newDoer(t, j)
	ctx, stop := context.WithCancel(t.Context())
	told := make(chan string, 10)
	takes := make(chan bool, 1)
	over := make(chan struct{})
	takes <- false
	go func() {
		defer close(over)
		j.Pump(ctx, actions.Sink{Name: "loki", Wait: time.Millisecond, Send: func(context.Context, [][]byte) error {
			ok := <-takes
			takes <- ok
			if !ok {
				return errors.New("HTTP 503")
			}
			return nil
		}}, func(trouble string) { told <- trouble })
	}()
	<-told // it begins at the end of what is there
	if err := j.Add(actions.Entry{Event: actions.EventTorn, Note: "12 bytes"}); err != nil {
		t.Fatal(err)
	}
	<-told
	s := uitest.Open(t, d, "en", 80, 24)
	s.Press(":")
	s.Type("actions")
	s.Press("enter")
	const trouble = "journal not sent to loki since 14:07: HTTP 503"
	await(t, s, func(screen string) bool { return strings.Contains(screen, trouble) })
	s.Exact(80, 24)
	<-takes
	takes <- true
	if again := <-told; again != "" {
		t.Errorf("told %q", again)
	}
	await(t, s, func(screen string) bool { return !strings.Contains(screen, trouble) })
	stop()
	<-over
}
