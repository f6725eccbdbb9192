package actions_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"dsotop/internal/actions"
	"dsotop/internal/actions/wire"
)

// system is a system that counts what reaches it.
type system struct {
	mu      sync.Mutex
	writes  []wire.Call
	reads   int
	made    int // writers asked for
	noHand  bool
	write   func(context.Context, wire.Call) (wire.Reply, error)
	changed map[string]bool // by path
}

func (s *system) Names(string) []string     { return []string{"sys"} }
func (s *system) Reader(string) wire.Reader { return s }
func (s *system) Writer(string) wire.Writer {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.made++
	if s.noHand {
		return nil
	}
	return s
}

func (s *system) Address(string) (string, []string) {
	return "https://sys.test", []string{"x-token: $DSOTOP_SYS_TOKEN"}
}

func (s *system) Read(context.Context, wire.Call) (wire.Reply, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reads++
	return wire.Reply{Status: 200}, nil
}

func (s *system) Write(ctx context.Context, c wire.Call) (wire.Reply, error) {
	s.mu.Lock()
	s.writes = append(s.writes, c)
	do := s.write
	s.mu.Unlock()
	if do != nil {
		return do(ctx, c)
	}
	s.change(c.Path)
	return wire.Reply{Status: http.StatusNoContent}, nil
}

func (s *system) change(path string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.changed == nil {
		s.changed = map[string]bool{}
	}
	s.changed[path] = true
}

func (s *system) has(path string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.changed[path]
}

func (s *system) count() (writes, writers int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.writes), s.made
}

// touch is a deed that changes a path and looks whether it is changed.
func touch(s *system) actions.Deed {
	return actions.Deed{
		ID: "sys.touch", On: []actions.Kind{actions.OnProject}, Key: "t", Base: actions.RiskWrite, Bulk: true, Patience: 300 * time.Millisecond,
		Params: []actions.Param{{Name: "note", Type: "string"}, {Name: "token", Type: "string", Secret: true}, {Name: "count", Type: "int", Default: func(actions.Scene, actions.Subject) string { return "1" }}},
		Plan: func(ctx context.Context, sys actions.Systems, _ actions.Scene, sub actions.Subject, a actions.Args) (actions.Draft, error) {
			if _, err := sys.Reader("sys").Read(ctx, wire.Call{System: "sys", Method: "GET", Path: "/" + sub.ID}); err != nil {
				return actions.Draft{}, err
			}
			body, _ := json.Marshal(map[string]any{"note": a["note"], "deep": map[string]any{"token": a["token"]}})
			return actions.Draft{
				Call:    wire.Call{System: "sys", Method: "PUT", Path: "/touch/" + sub.ID, ContentType: "application/json", Body: body, Secrets: []string{"deep.token"}},
				Effects: []actions.Effect{{What: "touched", From: "false", To: "true"}}, Memo: map[string]string{"seen": "7"},
			}, nil
		},
		Done: func(_ context.Context, _ actions.Systems, d actions.Draft, sub actions.Subject, _ time.Time, _ *wire.Reply) (actions.Sight, error) {
			if d.Memo["seen"] != "7" {
				return actions.Sight{}, errors.New("the memo was lost")
			}
			if s.has("/touch/" + sub.ID) {
				return actions.Sight{State: actions.Done, Note: "touched"}, nil
			}
			return actions.Sight{State: "running", Progress: []actions.Step{{Name: "tool", State: "running"}}}, nil
		},
	}
}

func project(name string) actions.Subject {
	return actions.Subject{Kind: actions.OnProject, System: "sys", ID: name, Name: name}
}

// hand makes a hand that looks quickly and is closed with the test.
func hand(t *testing.T, s *system, change func(*actions.Options)) *actions.Hand {
	t.Helper()
	o := actions.Options{Deeds: []actions.Deed{touch(s)}, Systems: s, Pace: 500, Who: actions.Who{Account: "claire"}}
	if change != nil {
		change(&o)
	}
	h, err := actions.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if err := h.Close(ctx); err != nil {
			t.Error(err)
		}
	})
	return h
}

func plan(t *testing.T, h *actions.Hand, sub actions.Subject, args actions.Args) *actions.Plan {
	t.Helper()
	p, err := h.Plan(t.Context(), "sys.touch", sub, args)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func do(t *testing.T, h *actions.Hand, p *actions.Plan, c actions.Consent) actions.RunState {
	t.Helper()
	r, err := h.Do(p, c)
	if err != nil {
		t.Fatal(err)
	}
	return r.Wait(t.Context())
}

// code is the code of a refusal; the error itself for anything else.
func code(err error) string {
	var r *actions.Refusal
	switch {
	case err == nil:
		return ""
	case errors.As(err, &r):
		return r.Reason.Code
	}
	return err.Error()
}

func events(t *testing.T, j *actions.Journal) string {
	t.Helper()
	all, err := j.Entries()
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range all {
		text := e.Event
		if e.Outcome != "" {
			text += "=" + e.Outcome
		}
		if e.Status != 0 {
			text += fmt.Sprintf("(%d)", e.Status)
		}
		out = append(out, text)
	}
	return strings.Join(out, " ")
}
