package ui_test

import (
	"context"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"dsotop/internal/actions"
	"dsotop/internal/actions/wire"
	"dsotop/internal/ui"
	"dsotop/internal/ui/uitest"
)

// doer is a platform in memory on which something can be done.
type doer struct {
	*uitest.Backend
	hand *actions.Hand
	sys  *counted
}

func (d *doer) Hand() *actions.Hand { return d.hand }
func (d *doer) ReadOnly() bool      { return d.hand.ReadOnly() }

// counted is a system that counts.
type counted struct {
	mu      sync.Mutex
	writes  []string
	writers int
}

func (c *counted) Names(string) []string     { return []string{"console"} }
func (c *counted) Reader(string) wire.Reader { return c }
func (c *counted) Writer(string) wire.Writer {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.writers++
	return c
}

func (c *counted) Read(context.Context, wire.Call) (wire.Reply, error) {
	return wire.Reply{Status: http.StatusOK}, nil
}

func (c *counted) Write(_ context.Context, call wire.Call) (wire.Reply, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.writes = append(c.writes, call.Method+" "+call.Path)
	return wire.Reply{Status: http.StatusNoContent}, nil
}

func (c *counted) count() (writes, writers int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.writes), c.writers
}

func newDoer(t *testing.T, readOnly bool) *doer {
	t.Helper()
	sys := &counted{}
	plan := func(method string, risk actions.Risk) func(context.Context, actions.Systems, actions.Scene, actions.Subject, actions.Args) (actions.Draft, error) {
		return func(_ context.Context, _ actions.Systems, _ actions.Scene, sub actions.Subject, a actions.Args) (actions.Draft, error) {
			return actions.Draft{
				Call: wire.Call{System: "console", Method: method, Path: "/api/v1/projects/" + sub.ID + "/hooks", Body: []byte(`{"branch":"` + a["branch"] + `"}`)}, Risk: risk,
				Effects: []actions.Effect{
					{What: "status", From: "failed", To: "created"}, {What: "tools", From: "gitlab, registry, argocd, vault, keycloak, sonarqube, observability, service chain", To: "gitlab, registry, argocd, vault, keycloak, sonarqube, observability, service chain"},
					{What: "image", From: "harbor.example.fr/" + strings.Repeat("agenda-", 9) + "web:1.4.2", To: "harbor.example.fr/" + strings.Repeat("agenda-", 9) + "web:1.4.3"},
				}, Warnings: []actions.Reason{{Code: "provisions"}, {Code: "renews"}, {Code: "mutable_tag", Detail: strings.Repeat("web:latest, api:main, ", 5)}},
			}, nil
		}
	}
	b := uitest.NewBackend(7)
	h, err := actions.New(actions.Options{
		Systems: sys, ReadOnly: readOnly, Clock: b.Now, Pace: 500, Who: actions.Who{Account: "claire", PID: 1},
		Deeds: []actions.Deed{
			{ID: "console.replay", On: []actions.Kind{actions.OnProject}, Key: "r", Base: actions.RiskWrite, Bulk: true, Undo: "again", Plan: plan("PUT", 0)},
			{ID: "console.lock", On: []actions.Kind{actions.OnProject}, Key: "l", Base: actions.RiskProduction, Plan: plan("PATCH", 0)},
			{ID: "console.unlock", On: []actions.Kind{actions.OnProject}, Key: "u", Base: actions.RiskWrite, Plan: plan("PATCH", 0), Ready: func(actions.Scene, actions.Subject) actions.Reason { return actions.Reason{Code: "nothing_to_do"} }},
			{ID: "console.sync_repository", On: []actions.Kind{actions.OnProject}, Key: "s", Base: actions.RiskWrite, Plan: plan("POST", 0), Params: []actions.Param{{Name: "branch", Type: "string", Required: true}}},
			{ID: "console.member_add", On: []actions.Kind{actions.OnProject}, Key: "m", Base: actions.RiskWrite, Plan: plan("POST", 0), May: func(context.Context, actions.Systems, actions.Scene, actions.Subject) error {
				return &actions.Refusal{Reason: actions.Reason{Code: "no_right", Detail: "members"}}
			}},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		_ = h.Close(ctx)
	})
	return &doer{Backend: b, hand: h, sys: sys}
}

// settled waits until nothing runs, and tells the session.
func (d *doer) settled(t *testing.T, s *uitest.Session) {
	t.Helper()
	for _, r := range d.hand.Runs() {
		r.Wait(t.Context())
	}
	s.Send(ui.Acted())
}

func TestADeedIsAskedForAndDoneOnce(t *testing.T) {
	d := newDoer(t, false)
	s := uitest.Open(t, d, "fr", 120, 40)
	s.Send(ui.Acted())
	shows := func(what ...string) {
		t.Helper()
		for _, w := range what {
			if !strings.Contains(s.Screen(), w) {
				t.Errorf("no %q in\n%s", w, s.Screen())
			}
		}
	}
	shows("ÉCRITURE")
	s.Press("a")
	shows("Actions ·", "reprovisionner", "rien à faire")
	s.Press("u")
	shows("rien à faire")
	s.Press("r")
	shows("console: PUT /api/v1", "/hooks", "failed", "created", "Annuler", "Exécuter")
	s.Press("enter") // it starts on Cancel
	if w, _ := d.sys.count(); w != 0 {
		t.Fatalf("%d writes", w)
	}
	s.Press("a", "r", "tab", "enter")
	shows("parti")
	d.settled(t, s)
	if w, _ := d.sys.count(); w != 1 {
		t.Errorf("%d writes", w)
	}
	shows("fait")
}

func TestProductionIsTypedByName(t *testing.T) {
	d := newDoer(t, false)
	s := uitest.Open(t, d, "en", 80, 24)
	s.Press("a", "l")
	name := d.View().Projects[0].Dossier.Project.Slug
	if !strings.Contains(s.Screen(), "To do it, type "+name) {
		t.Fatalf("%s", s.Screen())
	}
	s.Press("tab")
	s.Type("wrong")
	s.Press("enter", "enter")
	if w, _ := d.sys.count(); w != 0 || !strings.Contains(s.Screen(), "type exactly") {
		t.Errorf("%d writes\n%s", w, s.Screen())
	}
	s.Press("shift+tab")
	for range len("wrong") {
		s.Press("backspace")
	}
	s.Type(name)
	s.Press("enter", "enter")
	d.settled(t, s)
	if w, _ := d.sys.count(); w != 1 {
		t.Errorf("%d writes\n%s", w, s.Screen())
	}
}

func TestParametersAreAskedFor(t *testing.T) {
	d := newDoer(t, false)
	s := uitest.Open(t, d, "en", 100, 30)
	s.Press("a", "s", "enter", "enter")
	if !strings.Contains(s.Screen(), "a value is missing") {
		t.Errorf("%s", s.Screen())
	}
	s.Type("main")
	s.Press("enter", "enter")
	if !strings.Contains(s.Screen(), `{"branch":"main"}`) {
		t.Errorf("%s", s.Screen())
	}
	s.Press("tab", "enter")
	d.settled(t, s)
	if w, _ := d.sys.count(); w != 1 {
		t.Errorf("%d writes", w)
	}
}

func TestMarkedRowsAreDoneTogether(t *testing.T) {
	d := newDoer(t, false)
	s := uitest.Open(t, d, "en", 120, 40)
	s.Press("space", "space", "space", "a")
	if !strings.Contains(s.Screen(), "3 marked") || strings.Contains(s.Screen(), " l  ") {
		t.Errorf("%s", s.Screen())
	}
	s.Press("r", "tab", "enter")
	for _, b := range d.hand.Batches() {
		for b.State() == actions.BulkRunning {
			for _, r := range d.hand.Runs() {
				r.Wait(t.Context())
			}
		}
	}
	if w, _ := d.sys.count(); w != 3 {
		t.Errorf("%d writes\n%s", w, s.Screen())
	}
}

// Whatever is pressed, nothing is written where writing is closed; where it is open, no single key writes, nor any two.
func TestNothingIsWrittenByChance(t *testing.T) {
	names := []string{"a", "r", "l", "u", "s", "enter", "tab", "shift+tab", "esc", "space", "j", "k", "up", "down", "left", "right", "q", "c", "x", "/", "!", "1", "2", "4", "5", "g", "G", "i", "?", ":", "backspace", "v", "o", "e"}
	t.Run("read-only walks", func(t *testing.T) {
		for seed := range uint64(6) {
			d := newDoer(t, true)
			s := uitest.Open(t, d, "fr", 100, 30)
			rnd := rand.New(rand.NewPCG(seed, 7))
			for range 150 {
				s.Press(names[rnd.IntN(len(names))])
			}
			if w, made := d.sys.count(); w != 0 || made != 0 {
				t.Fatalf("seed %d: %d writes, %d writers", seed, w, made)
			}
		}
	})
	t.Run("one key, two keys", func(t *testing.T) {
		d := newDoer(t, false)
		s := uitest.Open(t, d, "fr", 100, 30)
		for _, one := range names {
			for _, two := range names[:8] {
				s.Press(one, two, "esc", "esc", "esc", "esc")
			}
			if w, made := d.sys.count(); w != 0 || made != 0 {
				t.Fatalf("%s: %d writes, %d writers", one, w, made)
			}
		}
	})
}

// The dialog says everything at 80 columns: what is too long goes on in the next line, and what has no room is said to be there.
func TestThePlanIsReadInAnyWindow(t *testing.T) {
	for _, c := range []struct {
		name, lang, key string
		w, h            int
	}{{"plan-fr-80x24", "fr", "l", 80, 24}, {"plan-en-120x40", "en", "l", 120, 40}, {"plan-fr-200x60", "fr", "l", 200, 60}, {"bulk-fr-80x24", "fr", "r", 80, 24}, {"menu-en-80x24", "en", "", 80, 24}} {
		d := newDoer(t, false)
		s := uitest.Open(t, d, c.lang, c.w, c.h)
		if strings.HasPrefix(c.name, "bulk") {
			s.Press("space", "space")
		}
		s.Press("a")
		if c.key != "" {
			s.Press(c.key)
		}
		s.Exact(c.w, c.h)
		s.Golden(c.name)
	}
}

// What a system says of our rights stands in the menu before a key is pressed.
func TestRightsAreInTheMenu(t *testing.T) {
	d := newDoer(t, false)
	s := uitest.Open(t, d, "en", 100, 30)
	s.Press("a")
	if !strings.Contains(s.Screen(), "right missing: members") {
		t.Errorf("%s", s.Screen())
	}
	s.Press("m")
	if !strings.Contains(s.Screen(), "add a member: right missing: members") {
		t.Errorf("%s", s.Screen())
	}
}
