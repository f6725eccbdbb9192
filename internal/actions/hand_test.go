package actions_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"dsotop/internal/actions"
	"dsotop/internal/actions/wire"
)

func TestPlanningWritesNothingAndDoingWritesOnce(t *testing.T) {
	s := &system{}
	h := hand(t, s, nil)
	p := plan(t, h, project("a"), actions.Args{"note": "hello"})
	if w, made := s.count(); w != 0 || made != 0 {
		t.Fatalf("planning: %d writes, %d writers", w, made)
	}
	if p.Args["count"] != "1" || p.Type != "" || p.Risk != actions.RiskWrite {
		t.Errorf("%+v", p)
	}
	got := do(t, h, p, actions.Consent{})
	if w, _ := s.count(); w != 1 || got.Outcome != actions.Done || got.Note != "touched" || got.Status != 204 {
		t.Errorf("%d writes, %+v", w, got)
	}
	if ev := events(t, h.Journal()); ev != "intent answer(204) verdict=done" {
		t.Error(ev)
	}
	if _, err := h.Do(p, actions.Consent{}); code(err) != "done_already" {
		t.Error(err)
	}
	if w, _ := s.count(); w != 1 {
		t.Errorf("%d writes", w)
	}
}

// Each answer, and what it means: "failed" is only said when it is known.
func TestOutcomes(t *testing.T) {
	reply := func(status int, body string) func(context.Context, wire.Call) (wire.Reply, error) {
		return func(context.Context, wire.Call) (wire.Reply, error) {
			return wire.Reply{Status: status, Body: []byte(body), Header: http.Header{"Retry-After": {"0"}}}, nil
		}
	}
	for name, c := range map[string]struct {
		write   func(context.Context, wire.Call) (wire.Reply, error)
		changed bool // the system did it all the same
		outcome string
		note    string
	}{
		"204":          {reply(204, ""), true, actions.Done, "touched"},
		"204, nothing": {reply(204, ""), false, actions.Unknown, ""},
		"422, done":    {reply(422, `{"message":"Echec"}`), true, actions.Done, "touched"},
		"504, done":    {reply(504, "<html>"), true, actions.Done, "touched"},
		"503 once":     {reply(503, ""), false, actions.Unknown, ""},
		"500, nothing": {reply(500, ""), false, actions.Unknown, ""},
		"403":          {reply(403, `{"message":"Vous n'avez pas les droits"}`), false, actions.Refused, "Vous n'avez pas les droits"},
		"401":          {reply(401, `{"error":"invalid_token"}`), false, actions.Refused, "invalid_token"},
		"409":          {reply(409, `{"errors":[{"message":"locked"}]}`), false, actions.Refused, "locked"},
		"429":          {reply(429, ""), false, actions.Refused, "Too Many Requests"},
		"302":          {reply(302, ""), false, actions.Refused, "Found"},
		"cut, done":    {func(context.Context, wire.Call) (wire.Reply, error) { return wire.Reply{}, errors.New("EOF") }, true, actions.Done, "touched"},
		"cut, nothing": {func(context.Context, wire.Call) (wire.Reply, error) { return wire.Reply{}, errors.New("EOF") }, false, actions.Unknown, "EOF"},
		"never left": {func(context.Context, wire.Call) (wire.Reply, error) {
			return wire.Reply{}, &wire.NotSent{Err: errors.New("no route")}
		}, false, actions.Refused, "no route"},
		"panic":       {func(context.Context, wire.Call) (wire.Reply, error) { panic("oh") }, false, actions.Unknown, "internal error: oh"},
		"secret told": {reply(403, `{"message":"token s3cr3t-value is bad"}`), false, actions.Refused, "token ••• is bad"},
		"hostile":     {reply(403, `{"message":"a\u001b[31mred"}`), false, actions.Refused, "ared"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &system{}
			s.write = func(ctx context.Context, call wire.Call) (wire.Reply, error) {
				if c.changed {
					s.change(call.Path)
				}
				return c.write(ctx, call)
			}
			h := hand(t, s, nil)
			got := do(t, h, plan(t, h, project("a"), actions.Args{"token": "s3cr3t-value"}), actions.Consent{})
			if w, _ := s.count(); w != 1 {
				t.Errorf("%d writes", w)
			}
			if got.Outcome != c.outcome || got.Note != c.note {
				t.Errorf("%q %q, want %q %q", got.Outcome, got.Note, c.outcome, c.note)
			}
			if got.Outcome == actions.Unknown && got.Status < 500 && got.Status >= 400 {
				t.Error("an answer that tells was not heard")
			}
			all, _ := h.Journal().Entries()
			if text, _ := json.Marshal(all); strings.Contains(string(text), "s3cr3t-value") {
				t.Error("the journal holds a secret")
			}
			if ev := events(t, h.Journal()); !strings.HasPrefix(ev, "intent answer") || !strings.Contains(ev, "verdict="+c.outcome) {
				t.Error(ev)
			}
		})
	}
}

// TestLookAgain: of what nobody knows one may look again, in the same process or another: nothing is sent, and the journal has the new verdict.
func TestLookAgain(t *testing.T) {
	s := &system{}
	s.write = func(context.Context, wire.Call) (wire.Reply, error) { return wire.Reply{}, errors.New("EOF") }
	dir := t.TempDir()
	first := hand(t, s, func(o *actions.Options) { o.Journal = actions.OpenJournal(dir, nil) })
	r, err := first.Do(plan(t, first, project("a"), nil), actions.Consent{})
	if err != nil {
		t.Fatal(err)
	}
	if got := r.Wait(t.Context()); got.Outcome != actions.Unknown {
		t.Fatalf("%+v", got)
	}
	if err := first.LookAgain("of nobody"); code(err) != "nothing_to_do" {
		t.Error(err)
	}
	for i, h := range []*actions.Hand{first, hand(t, s, func(o *actions.Options) { o.Journal, o.ReadOnly = actions.OpenJournal(dir, nil), true })} {
		if i == 1 {
			s.change("/touch/a")
		}
		if err := h.LookAgain(r.ID); err != nil {
			t.Fatal(i, err)
		}
		got := h.Run(r.ID).Wait(t.Context())
		if want := []string{actions.Unknown, actions.Done}[i]; got.Outcome != want {
			t.Errorf("%d: %+v", i, got)
		}
		entries, err := h.Journal().Entries()
		if all := actions.Fold(entries); err != nil || len(all) != 1 || all[0].Outcome != got.Outcome || !all[0].Again {
			t.Errorf("%d: %+v %v", i, all[0], err)
		}
	}
	if err := first.LookAgain(r.ID); code(err) != "nothing_to_do" {
		t.Error(err)
	}
	if w, _ := s.count(); w != 1 {
		t.Errorf("%d writes", w)
	}
}

// TestOffersOnSeveral: what can be done on one of several is offered, whichever of them is first; what is not done on several is not.
func TestOffersOnSeveral(t *testing.T) {
	s := &system{}
	h := hand(t, s, func(o *actions.Options) {
		some, alone := touch(s), touch(s)
		some.Ready = func(_ actions.Scene, sub actions.Subject) actions.Reason {
			return map[string]actions.Reason{"a": {Code: "nothing_to_do"}, "gone": {Code: actions.NotApplicable}}[sub.ID]
		}
		alone.ID, alone.Bulk = "sys.alone", false
		o.Deeds = []actions.Deed{some, alone}
	})
	production := project("c")
	production.Production = true
	for _, c := range []struct {
		subs []actions.Subject
		code string
		risk actions.Risk
		none bool
	}{
		{subs: []actions.Subject{project("a"), project("b")}}, {subs: []actions.Subject{project("b"), project("a")}}, {subs: []actions.Subject{project("a")}, code: "nothing_to_do"},
		{subs: []actions.Subject{project("a"), project("b"), production}, risk: actions.RiskProduction}, {subs: []actions.Subject{project("gone")}, none: true},
	} {
		got := h.OffersOn(c.subs)
		if c.none {
			if len(got) != 0 {
				t.Errorf("%+v", got)
			}
			continue
		}
		if len(got) != 1 || got[0].Deed.ID != "sys.touch" || got[0].Reason.Code != c.code || got[0].Risk != max(c.risk, actions.RiskWrite) {
			t.Errorf("%v: %+v", c.subs, got)
		}
	}
}

// elsewhere is the same kind of system at another address.
type elsewhere struct{ *system }

func (elsewhere) Address(string) (string, []string) { return "https://other.test", nil }

// TestAnotherPlatformIsNotAsked: one journal serves all profiles. What was begun on one platform is neither looked for nor gone on with on another: a thing that is not there
// would be taken for one that was deleted.
func TestAnotherPlatformIsNotAsked(t *testing.T) {
	for name, c := range map[string]struct {
		there func(*system) actions.Systems
		who   string
		here  bool
	}{
		"the same": {func(s *system) actions.Systems { return s }, "a", true}, "another address": {func(s *system) actions.Systems { return elsewhere{s} }, "a", false},
		"the same under another profile": {func(s *system) actions.Systems { return s }, "b", true},
		"no address, another profile":    {func(s *system) actions.Systems { return struct{ actions.Systems }{s} }, "b", false},
		"no address, the same profile":   {func(s *system) actions.Systems { return struct{ actions.Systems }{s} }, "a", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &system{}
			s.write = func(context.Context, wire.Call) (wire.Reply, error) { return wire.Reply{}, errors.New("EOF") }
			dir := t.TempDir()
			made := func(of actions.Systems, profile string) *actions.Hand {
				return hand(t, s, func(o *actions.Options) {
					o.Journal, o.Systems, o.Who.Profile = actions.OpenJournal(dir, nil), of, profile
				})
			}
			first := made(s, "a")
			if got := do(t, first, plan(t, first, project("a"), nil), actions.Consent{}); got.Outcome != actions.Unknown {
				t.Fatalf("%+v", got)
			}
			run := first.Runs()[0]
			for _, e := range []actions.Entry{
				{Event: actions.EventIntent, Run: "cut", Deed: "sys.touch", By: &actions.Who{Profile: "a"}, Subject: &run.Subject, Call: run.Call, Address: "https://sys.test", Memo: map[string]string{"seen": "7"}},
				{Event: actions.EventBatch, Batch: "bulk", Deed: "sys.touch", By: &actions.Who{Profile: "a"}, Items: []actions.Subject{project("z")}, Address: "https://sys.test"},
			} {
				if err := first.Journal().Add(e); err != nil {
					t.Fatal(err)
				}
			}
			second := made(c.there(s), c.who)
			n, err := second.Recover()
			if err != nil || (n == 1) != c.here || (second.Batch("bulk") != nil) != c.here {
				t.Errorf("%d looked at again, %v, %v", n, second.Batch("bulk"), err)
			}
			if c.here {
				second.Run("cut").Wait(t.Context()) // one at a time per subject
			}
			if err := second.LookAgain(run.ID); (code(err) == "other_platform") == c.here {
				t.Error(err)
			}
		})
	}
}

func TestElseIsSentWhenTheSystemDoesNotKnow(t *testing.T) {
	s := &system{}
	s.write = func(_ context.Context, c wire.Call) (wire.Reply, error) {
		if c.Path == "/v2" {
			return wire.Reply{Status: 404}, nil
		}
		return wire.Reply{Status: 200}, nil
	}
	h := hand(t, s, func(o *actions.Options) {
		o.Deeds = []actions.Deed{{ID: "sys.touch", On: []actions.Kind{actions.OnProject}, Base: actions.RiskWrite, Plan: func(context.Context, actions.Systems, actions.Scene, actions.Subject, actions.Args) (actions.Draft, error) {
			return actions.Draft{Call: wire.Call{System: "sys", Method: "POST", Path: "/v2"}, Else: &wire.Call{System: "sys", Method: "POST", Path: "/v1"}}, nil
		}}}
	})
	if got := do(t, h, plan(t, h, project("a"), nil), actions.Consent{}); got.Outcome != actions.Done || len(s.writes) != 2 {
		t.Errorf("%+v %v", got, s.writes)
	}
}

func TestReadOnlyPlansAndNeverBuildsAWriter(t *testing.T) {
	s := &system{}
	h := hand(t, s, func(o *actions.Options) { o.ReadOnly = true })
	if of := h.Offers(project("a")); len(of) != 1 || of[0].Reason.Code != "read_only" {
		t.Errorf("%+v", of)
	}
	p := plan(t, h, project("a"), nil)
	if !p.ReadOnly {
		t.Error("the plan does not say so")
	}
	if _, err := h.Do(p, actions.Consent{}); code(err) != "read_only" {
		t.Error(err)
	}
	b, err := h.Bulk(t.Context(), "sys.touch", []actions.Subject{project("a")}, nil, actions.BulkOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Start(actions.Consent{}); code(err) != "read_only" {
		t.Error(err)
	}
	if w, made := s.count(); w != 0 || made != 0 {
		t.Errorf("%d writes, %d writers", w, made)
	}
	if ev := events(t, h.Journal()); ev != "" {
		t.Error(ev)
	}
}

func TestProductionIsConfirmedByName(t *testing.T) {
	s := &system{}
	h := hand(t, s, nil)
	sub := project("agendaprefs")
	sub.Production = true
	p := plan(t, h, sub, nil)
	if p.Risk != actions.RiskProduction || p.Type != "agendaprefs" {
		t.Fatalf("%v %q", p.Risk, p.Type)
	}
	for _, typed := range []string{"", "agenda", "AGENDAPREFS"} {
		if _, err := h.Do(p, actions.Consent{Typed: typed}); code(err) != "not_confirmed" {
			t.Errorf("%q: %v", typed, err)
		}
	}
	if w, _ := s.count(); w != 0 {
		t.Errorf("%d writes", w)
	}
	if got := do(t, h, p, actions.Consent{Typed: "agendaprefs"}); got.Outcome != actions.Done {
		t.Errorf("%+v", got)
	}
}

func TestArguments(t *testing.T) {
	h := hand(t, &system{}, nil)
	for args, want := range map[string]string{"count=x": "not_int", "count=2": "", "other=1": "unknown_argument"} {
		k, v, _ := strings.Cut(args, "=")
		if _, err := h.Plan(t.Context(), "sys.touch", project("a"), actions.Args{k: v}); code(err) != want {
			t.Errorf("%s: %v", args, err)
		}
	}
	if _, err := h.Plan(t.Context(), "sys.other", project("a"), nil); code(err) != "unknown_deed" {
		t.Error(err)
	}
	if _, err := h.Plan(t.Context(), "sys.touch", actions.Subject{Kind: actions.OnPod, ID: "p"}, nil); code(err) != "wrong_subject" {
		t.Error(err)
	}
}

func TestOneDeedAtATimePerSubject(t *testing.T) {
	s := &system{}
	gate, left := make(chan struct{}), make(chan struct{}, 1)
	s.write = func(_ context.Context, c wire.Call) (wire.Reply, error) {
		left <- struct{}{}
		<-gate
		s.change(c.Path)
		return wire.Reply{Status: 204}, nil
	}
	dir := t.TempDir()
	h := hand(t, s, func(o *actions.Options) { o.Locks = dir })
	other := hand(t, s, func(o *actions.Options) { o.Locks = dir }) // as another process: a lock of the system belongs to an open file
	p, twin, theirs := plan(t, h, project("a"), nil), plan(t, h, project("a"), nil), plan(t, other, project("a"), nil)
	r, err := h.Do(p, actions.Consent{})
	if err != nil {
		t.Fatal(err)
	}
	<-left
	if _, err := h.Do(twin, actions.Consent{}); code(err) != "running" {
		t.Error(err)
	}
	if of := h.Offers(project("a")); of[0].Reason.Code != "running" {
		t.Errorf("%+v", of[0].Reason)
	}
	if _, err := other.Do(theirs, actions.Consent{}); code(err) != "running" || !strings.Contains(err.Error(), "sys.touch, claire") {
		t.Error(err)
	}
	close(gate)
	if got := r.Wait(t.Context()); got.Outcome != actions.Done {
		t.Errorf("%+v", got)
	}
	if got := do(t, other, theirs, actions.Consent{}); got.Outcome != actions.Done {
		t.Errorf("%+v", got)
	}
}

func TestTheCallerGoesAndTheDeedGoesOn(t *testing.T) {
	s := &system{}
	h := hand(t, s, nil)
	ctx, cancel := context.WithCancel(t.Context())
	p, err := h.Plan(ctx, "sys.touch", project("a"), nil)
	if err != nil {
		t.Fatal(err)
	}
	s.write = func(ctx context.Context, c wire.Call) (wire.Reply, error) {
		cancel()
		if ctx.Err() != nil {
			return wire.Reply{}, ctx.Err()
		}
		s.change(c.Path)
		return wire.Reply{Status: 204}, nil
	}
	if got := do(t, h, p, actions.Consent{}); got.Outcome != actions.Done {
		t.Errorf("%+v", got)
	}
}

func TestFourEyes(t *testing.T) {
	s := &system{}
	h := hand(t, s, func(o *actions.Options) {
		o.Policy = actions.Policy{Rules: []actions.Rule{{Name: "two", Do: actions.FourEyes, Approvers: []string{"ali*"}}}}
	})
	p := plan(t, h, project("a"), nil)
	for approver, want := range map[string]string{"": "four_eyes", "claire": "same_eyes", "bob": "not_approver"} {
		if _, err := h.Do(p, actions.Consent{Approver: approver}); code(err) != want {
			t.Errorf("%q: %v", approver, err)
		}
	}
	if got := do(t, h, p, actions.Consent{Approver: "alice"}); got.Outcome != actions.Done {
		t.Errorf("%+v", got)
	}
	all, _ := h.Journal().Entries()
	if all[0].Approver != "alice" {
		t.Errorf("%+v", all[0])
	}
}

func TestAPlanDoesNotKeep(t *testing.T) {
	now := time.Date(2026, 11, 21, 14, 7, 0, 0, time.UTC)
	h := hand(t, &system{}, func(o *actions.Options) { o.Clock = func() time.Time { return now } })
	p := plan(t, h, project("a"), nil)
	now = now.Add(actions.PlanAge + time.Second)
	if _, err := h.Do(p, actions.Consent{}); code(err) != "plan_old" {
		t.Error(err)
	}
}

func TestCancelIsSentOnce(t *testing.T) {
	s := &system{}
	s.write = func(_ context.Context, c wire.Call) (wire.Reply, error) {
		if c.Method == "DELETE" {
			s.change("/touch/a")
		}
		return wire.Reply{Status: 200}, nil
	}
	h := hand(t, s, func(o *actions.Options) {
		o.Deeds[0].Patience = 20 * time.Second
		o.Deeds[0].Cancel = func(d actions.Draft, _ actions.Subject) *wire.Call {
			return &wire.Call{System: "sys", Method: "DELETE", Path: d.Call.Path}
		}
	})
	bell := h.Watch(t.Context())
	r, err := h.Do(plan(t, h, project("a"), nil), actions.Consent{})
	if err != nil {
		t.Fatal(err)
	}
	for !r.Cancellable() {
		<-bell
	}
	if err := h.Cancel(t.Context(), r.ID); err != nil {
		t.Fatal(err)
	}
	if err := h.Cancel(t.Context(), r.ID); code(err) != "not_cancellable" {
		t.Error(err)
	}
	if got := r.Wait(t.Context()); got.Outcome != actions.Done {
		t.Errorf("%+v", got)
	}
	if w, _ := s.count(); w != 2 {
		t.Errorf("%d writes", w)
	}
}

func TestWhatIsShownHidesSecrets(t *testing.T) {
	h := hand(t, &system{}, nil)
	p := plan(t, h, project("it's"), actions.Args{"token": "s3cr3t-value", "note": "s3cr3t-value too"})
	doc, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{p.Curl(), string(doc), fmt.Sprintf("%+v", p.Show()), fmt.Sprint(p.Args)} {
		if strings.Contains(text, "s3cr3t") {
			t.Error(text)
		}
	}
	want := `curl -sS -X PUT -H "x-token: $DSOTOP_SYS_TOKEN" -H 'Content-Type: application/json' --data-raw '{"deep":{"token":"'"$DSOTOP_SECRET_DEEP_TOKEN"'"},"note":"••• too"}' 'https://sys.test/touch/it'\''s'`
	if got := p.Curl(); got != want {
		t.Errorf("%s\n%s", got, want)
	}
	if got := p.Show().Body; got != `{"deep":{"token":"•••"},"note":"••• too"}` {
		t.Error(got)
	}
	if string(p.Draft.Call.Body) != `{"deep":{"token":"s3cr3t-value"},"note":"s3cr3t-value too"}` {
		t.Error("what leaves was changed")
	}
}

func TestADeedThatPanicsIsContained(t *testing.T) {
	s := &system{}
	h := hand(t, s, func(o *actions.Options) {
		o.Deeds[0].Done = func(context.Context, actions.Systems, actions.Draft, actions.Subject, time.Time, *wire.Reply) (actions.Sight, error) {
			panic("oh")
		}
		o.Deeds = append(o.Deeds, actions.Deed{ID: "sys.bad", On: []actions.Kind{actions.OnProject}, Ready: func(actions.Scene, actions.Subject) actions.Reason { panic("oh") },
			Plan: func(context.Context, actions.Systems, actions.Scene, actions.Subject, actions.Args) (actions.Draft, error) {
				panic("oh")
			}})
	})
	if of := h.Offers(project("a")); of[1].Reason.Code != "broken" {
		t.Errorf("%+v", of[1].Reason)
	}
	if got := do(t, h, plan(t, h, project("a"), nil), actions.Consent{}); got.Outcome != actions.Unknown || got.Note != "internal error: oh" {
		t.Errorf("%+v", got)
	}
	if got := do(t, h, plan(t, h, project("a"), nil), actions.Consent{}); got.Outcome != actions.Unknown { // the subject was given back
		t.Errorf("%+v", got)
	}
}
